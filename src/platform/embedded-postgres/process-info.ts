import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

export interface ProcessInfo {
  uid: number;
  /** Together with the pid this names one process for good: pids are used again, in containers within seconds. */
  startedAt: string;
  /** The arguments, joined by blanks. */
  command: string;
}

/** What the operating system tells of a live process; null when there is none, or only its zombie. */
export function inspectProcess(pid: number): ProcessInfo | null {
  return process.platform === 'linux' ? inspectByProc(pid) : inspectByPs(pid);
}

/** Only files of /proc that are open to everyone: root in a container may not read another account's `cwd` or `exe`. */
function inspectByProc(pid: number): ProcessInfo | null {
  try {
    // "pid (name) state …": the name may itself hold blanks and parentheses
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return {
      uid: statSync(`/proc/${pid}`).uid,
      startedAt: fields[19] ?? '',
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trimEnd(),
    };
  } catch {
    return null;
  }
}

export function inspectByPs(pid: number): ProcessInfo | null {
  const columns = ['-o', 'uid=', '-o', 'stat=', '-o', 'lstart=', '-o', 'args='];
  const { stdout, status } = spawnSync('ps', ['-ww', ...columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (status !== 0) return null;
  const line = /^\s*(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/s.exec(stdout.trimEnd());
  if (!line || line[2]?.startsWith('Z')) return null;
  return { uid: Number(line[1]), startedAt: line[3] ?? '', command: line[4] ?? '' };
}
