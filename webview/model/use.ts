/** Small hooks. */
import type { FunctionComponent, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Width of an element in CSS pixels, kept up to date; 0 before it is laid out. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

/** A component that is drawn again only when `same` says that its properties changed. */
export function memo<P extends object>(component: FunctionComponent<P>, same: (before: P, after: P) => boolean): FunctionComponent<P> {
  return function Memo(props: P) {
    const last = useRef<{ props: P; drawn: ReturnType<FunctionComponent<P>> } | null>(null);
    if (!last.current || !same(last.current.props, props)) last.current = { props, drawn: component(props) };
    return last.current.drawn;
  };
}
