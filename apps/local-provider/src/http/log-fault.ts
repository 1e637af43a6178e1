/** Logs a program error. The log contains its name and stack frames only, because its message may quote a request. */
export function logFault(error: Error): void {
  if ('code' in error && error.code === 'ECONNRESET') return; // The browser has closed the connection.
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  console.error([`fault: ${error.name}`, ...frames].join('\n'));
}
