/** Answers of the form that say nothing of who it is, kept on this device so that one who comes back sees them again. */
import { useState } from 'preact/hooks';
import { useJourney } from './journey.ts';
import { keep, read } from './kept.ts';

export function useAnswers<T extends object>(step: string, empty: T): [T, (change: Partial<T>) => void] {
  const { config } = useJourney();
  const name = `answers.${config.channel}.${step}`;
  const [answers, setAnswers] = useState<T>(() => ({ ...empty, ...read<Partial<T>>(name) }));
  return [
    answers,
    (change) => {
      const next = { ...answers, ...change };
      keep(name, next);
      setAnswers(next);
    },
  ];
}
