/** Counts the tests of `go test -json`, subtests included; a package that fails without a test counts as one. */
export function countGoTests(output: string): { passed: number; failed: number; skipped: number } {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const packagesWithFailedTest = new Set<string>();
  for (const line of output.split('\n')) {
    const event = eventIn(line);
    if (event === undefined) continue;
    if (event.test === undefined) {
      if (event.action === 'fail' && !packagesWithFailedTest.has(event.package)) counts.failed += 1;
    } else if (event.action === 'pass') counts.passed += 1;
    else if (event.action === 'skip') counts.skipped += 1;
    else if (event.action === 'fail') {
      counts.failed += 1;
      packagesWithFailedTest.add(event.package);
    }
  }
  return counts;
}

function eventIn(line: string): { action: string; package: string; test: string | undefined } | undefined {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof event !== 'object' || event === null || !('Action' in event)) return undefined;
  return {
    action: String(event.Action),
    package: 'Package' in event ? String(event.Package) : '',
    test: 'Test' in event ? String(event.Test) : undefined,
  };
}
