import { apiLink } from './link';

describe('a link within the API', () => {
  it('has the path and what is asked', () => {
    expect(apiLink('/teams/x/dashboard')).toBe('/api/v1/teams/x/dashboard');
    expect(apiLink('/teams/x/gaps', { skill: 'sfia-9:ITOP', depth: 'all', level: 3, state: null, next: undefined })).toBe(
      '/api/v1/teams/x/gaps?skill=sfia-9:ITOP&depth=all&level=3',
    );
    expect(apiLink('/x', { a: 'b&c=d e', f: false })).toBe('/api/v1/x?a=b%26c%3Dd%20e&f=false');
  });
});
