import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAddress, checkTarget, type TargetVerdict } from '../../src/runtime/ssrf.ts';

const strict = { allowLoopback: false };
const sandbox = { allowLoopback: true };
const judge = (url: string, policy = strict): string => {
  const verdict: TargetVerdict = checkTarget(url, policy);
  return verdict.ok ? 'ok' : `${verdict.why}/${verdict.detail}`;
};

/** Every way to write 127.0.0.1 that is known to have got past a check somewhere. */
const LOOPBACK_FORMS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7F.0.0.1',
  '0x7f.1',
  '017700000001',
  '0177.0.0.1',
  '0177.0.0.01',
  '127.0.0.1.',
  '127.000.000.001',
  '127.255.255.254',
  '１２７.０.０.１',
  '１２７。０。０。１',
  '①②⑦.⓪.⓪.①',
  '%31%32%37.0.0.1',
  '0x7f.0x0.0x0.0x1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
];

describe('a literal', () => {
  test.each(LOOPBACK_FORMS)('loopback written as %s is refused, and allowed in the sandbox alone', (host) => {
    expect(judge(`http://${host}/`)).toBe('blocked_target/address');
    expect(judge(`http://${host}:8080/path`)).toBe('blocked_target/address');
    expect(judge(`http://${host}/`, sandbox)).toBe('ok');
  });

  test.each([
    '0.0.0.0',
    '0',
    '10.0.0.1',
    '10.1',
    '167772161',
    '0xa000001',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.168.257',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '１０.0.0.1',
    '[::]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fec0::1]',
    '[ff02::1]',
    '[100::1]',
    '[2001:db8::1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[::a00:1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b:1::a00:1]',
    '[2002:7f00:1::]',
    '[2002:a00:1::1]',
    '[2002:a9fe:a9fe::1]',
    '[2001::1]',
    '[2001:0:7f00:1::]',
    '[4000::1]',
    '[5f00::1]',
  ])('%s is refused, in the sandbox too unless it is loopback', (host) => {
    expect(judge(`https://${host}/`)).toBe('blocked_target/address');
    if (!/127\.0\.0\.1|7f00/.test(host)) expect(judge(`https://${host}/`, sandbox)).toBe('blocked_target/address');
  });

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '203.0.114.1',
    '172.32.0.1',
    '[2606:4700::1111]',
    '[2400:3200::1]',
    '[::ffff:8.8.8.8]',
    '[64:ff9b::8.8.8.8]',
    '[2002:808:808::1]',
  ])('%s is public', (host) => {
    expect(judge(`https://${host}/`)).toBe('ok');
  });

  test('any 32 bits are judged alike in dotted, decimal, hexadecimal, octal and mapped form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (bits) => {
        const octets = [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255];
        const dotted = judge(`http://${octets.join('.')}/`);
        for (const form of [
          String(bits),
          `0x${bits.toString(16)}`,
          `0${bits.toString(8)}`,
          octets.map((octet) => `0x${octet.toString(16)}`).join('.'),
          `[::ffff:${octets.join('.')}]`,
        ]) {
          expect(judge(`http://${form}/`)).toBe(dotted);
        }
      }),
    );
  });
});

describe('a URL', () => {
  test.each([
    ['https://receiver.example/hook', 'ok'],
    ['http://receiver.example/', 'ok'],
    ['https://xn--fiqs8s.example/', 'ok'],
    ['https://127.0.0.1.example/', 'ok'],
    ['', 'bad_url/malformed'],
    ['receiver.example', 'bad_url/malformed'],
    ['http://', 'bad_url/malformed'],
    ['http://[::1', 'bad_url/malformed'],
    ['http://1.2.3.4.5.6.7.8/', 'bad_url/malformed'],
    ['http://256.256.256.256/', 'bad_url/malformed'],
    ['http://[fe80::1%25eth0]/', 'bad_url/malformed'],
    ['ftp://receiver.example/', 'bad_url/scheme'],
    ['file:///etc/passwd', 'bad_url/malformed'],
    ['gopher://receiver.example/', 'bad_url/scheme'],
    ['javascript:alert(1)', 'bad_url/malformed'],
    ['ws://receiver.example/', 'bad_url/scheme'],
    ['https://user@receiver.example/', 'bad_url/credentials'],
    ['https://user:secret@receiver.example/', 'bad_url/credentials'],
    ['https://receiver.example@127.0.0.1/', 'bad_url/credentials'],
    ['https://receiver.example#@127.0.0.1/', 'ok'],
    ['https://127.0.0.1\\@receiver.example/', 'blocked_target/address'],
    ['http:\\\\127.0.0.1/', 'blocked_target/address'],
    ['http:127.0.0.1/', 'blocked_target/address'],
    ['http://127.0.0.1\t/', 'blocked_target/address'],
    [' http://127.0.0.1/ ', 'blocked_target/address'],
  ])('%j: %s', (url, expected) => expect(judge(url)).toBe(expected));

  test.each(['localhost', 'LOCALHOST', 'localhost.', 'app.localhost', 'ｌocalhost'])('the name %s is loopback', (host) => {
    expect(judge(`http://${host}/`)).toBe('blocked_target/local_name');
    expect(judge(`http://${host}/`, sandbox)).toBe('ok');
  });
  test.each(['redis', 'db.', 'printer.local', 'metadata.google.internal', 'wiki.intranet', 'nas.lan', 'router.home.arpa'])(
    'the name %s is of a network of our own, sandbox or not',
    (host) => {
      for (const policy of [strict, sandbox]) expect(judge(`http://${host}/`, policy)).toBe('blocked_target/local_name');
    },
  );

  test.each([[80], [443], [1024], [8080], [8443], [8787], [65_535]])('port %i is allowed', (port) =>
    expect(judge(`https://receiver.example:${port}/`)).toBe('ok'),
  );
  test.each([[1], [22], [25], [53], [111], [389], [445], [1_023], [2_375], [3_306], [5_432], [6_379], [6_667], [9_200], [11_211], [27_017]])(
    'port %i is not',
    (port) => {
      expect(judge(`https://receiver.example:${port}/`)).toBe('blocked_target/port');
      expect(judge(`http://127.0.0.1:${port}/`, sandbox)).toBe('blocked_target/port');
    },
  );
});

describe('a resolved address', () => {
  test.each(['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:93.184.215.14', '64:ff9b::5db8:d70e'])(
    '%s may be dialled',
    (address) => expect(checkAddress(address, strict)).toBe(true),
  );
  test.each([
    '127.0.0.1',
    '10.0.0.1',
    '::1',
    'fe80::1%eth0',
    'fd12::1',
    '::ffff:192.168.0.1',
    '64:ff9b::a00:1',
    '2002:c0a8:1::',
    '169.254.169.254',
    '',
    'localhost',
    '999.1.1.1',
    '93.184.215.14 ',
  ])('%j may not', (address) => expect(checkAddress(address, strict)).toBe(false));
  test('loopback in the sandbox, and nothing else', () => {
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].every((address) => checkAddress(address, sandbox))).toBe(true);
    expect(['10.0.0.1', '169.254.169.254', 'fd12::1', '0.0.0.0'].some((address) => checkAddress(address, sandbox))).toBe(false);
  });
});

test('anything at all is judged, never thrown at', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.webUrl(),
        fc.ipV4Extended().map((ip) => `http://${ip}/`),
        fc.ipV6().map((ip) => `http://[${ip}]/`),
      ),
      (text) => void judge(text),
    ),
  );
});
