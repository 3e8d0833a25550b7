/** Calls of a dead process never return. */
export function whileAlive<Part extends object>(part: Part, life: { readonly isAlive: boolean }): Part {
  return new Proxy(part, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (!life.isAlive) return new Promise(() => undefined);
        const given = args.map((arg) =>
          typeof arg === 'function'
            ? (...reported: unknown[]) => (life.isAlive ? Reflect.apply(arg, undefined, reported) : undefined)
            : arg,
        );
        return Reflect.apply(member, target, given);
      };
    },
  });
}
