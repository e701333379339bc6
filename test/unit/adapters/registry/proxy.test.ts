import assert from 'node:assert/strict';
import { proxyFor } from '../../../../src/adapters/registry/proxy';

describe('the proxy of a registry', () => {
  const proxy = 'http://proxy.example:3128';
  const cases: Record<string, [host: string, noProxy: string, by: 'proxy' | 'itself']> = {
    'that nothing excepts': ['ghcr.io', '', 'proxy'],
    'that is excepted by name': ['ghcr.io', 'other.io, ghcr.io', 'itself'],
    'below a name that is excepted': ['a.corp.example', 'corp.example', 'itself'],
    'that only ends alike': ['mycorp.example', 'corp.example', 'proxy'],
    'that is the domain of which only what is below is excepted': [
      'corp.example',
      '.corp.example',
      'proxy',
    ],
    'below a domain with a star': ['a.corp.example', '*.corp.example', 'itself'],
    'of another case': ['GHCR.io', 'ghcr.IO', 'itself'],
    'at a port that is excepted': ['corp.example:5000', 'corp.example:5000', 'itself'],
    'at another port': ['corp.example', 'corp.example:5000', 'proxy'],
    'where all are excepted': ['ghcr.io', '*', 'itself'],
    'in a network that is excepted': ['10.1.2.3:5000', '10.0.0.0/8', 'itself'],
    'outside of it': ['11.1.2.3', '10.0.0.0/8', 'proxy'],
    'in a network of IPv6': ['[fd00::1]:5000', 'fd00::/8', 'itself'],
    'with nonsense among the exceptions': ['ghcr.io', '10.0.0.0/99,,a/b,:', 'proxy'],
    'on this machine': ['localhost:5000', '', 'itself'],
    'on this machine by number': ['127.0.0.2:5000', '', 'itself'],
  };
  for (const [name, [host, exceptions, by]] of Object.entries(cases)) {
    it(`${name} is asked by ${by === 'proxy' ? 'it' : 'no proxy'}`, () => {
      const found = proxyFor(new URL(`https://${host}/v2/`), {
        HTTPS_PROXY: proxy,
        NO_PROXY: exceptions,
      });
      assert.equal(found?.origin, by === 'proxy' ? proxy : undefined);
    });
  }

  it('may be named in small letters, and without http://', () => {
    const environment = { https_proxy: 'proxy.example:3128' };
    assert.equal(proxyFor(new URL('https://ghcr.io'), environment)?.origin, proxy);
  });

  it('is none where what is named is no address', () => {
    assert.equal(proxyFor(new URL('https://ghcr.io'), { HTTPS_PROXY: 'http://' }), undefined);
    assert.equal(proxyFor(new URL('https://ghcr.io'), {}), undefined);
  });
});
