/** What a landing page takes in to hand applications over. */
export {};
