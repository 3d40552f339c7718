/** Icons: 24 box, 1.75 stroke, round ends. Always beside a word or inside a named button. */

interface IconProps {
  small?: boolean;
}

const icon = (d: string, dot = 0) =>
  function Icon({ small }: IconProps) {
    return (
      <svg class={small ? "i i--s" : "i"} viewBox="0 0 24 24" aria-hidden="true">
        <path d={d} {...(dot ? { "stroke-width": dot } : {})} />
      </svg>
    );
  };

export const Search = icon("M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0ZM15.5 15.5l5 5");
export const Back = icon("M19 12H5M11 5.5 4.5 12l6.5 6.5");
export const More = icon("M12 5.5v.01M12 12v.01M12 18.5v.01", 2.75);
export const Close = icon("M6 6l12 12M18 6 6 18");
export const Tray = icon("M3.5 13.5 6 4.5h12l2.5 9v6h-17zM3.5 13.5h5l1.5 2.5h4l1.5-2.5h5");
export const ScanFrame = icon("M4 8.5V4h4.5M15.5 4H20v4.5M20 15.5V20h-4.5M8.5 20H4v-4.5M8 12h8");
export const Past = icon("M4.5 8.5A8.5 8.5 0 1 1 3.5 12M4 4v4.5h4.5M12 7.5V12l3 2");
export const Flag = icon("M6 21V4.5c4-2.5 7 2 12-.5v9c-5 2.5-8-2-12 .5");
export const ArrowDown = icon("M12 4.5v15M5.5 13l6.5 6.5 6.5-6.5");
export const Down = icon("m6 9.5 6 6 6-6");
export const Right = icon("m9.5 6 6 6-6 6");
export const Eye = icon(
  "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12zM14.75 12a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0Z",
);
export const EyeOff = icon(
  "M4 4l16 16M9.5 5.9c.8-.3 1.6-.4 2.5-.4 3.7 0 7 2 9.5 6.5a17 17 0 0 1-2.7 3.6M6.3 7.7A15 15 0 0 0 2.5 12C5 16.5 8.3 18.5 12 18.5c1.6 0 3.1-.4 4.5-1.2",
);
export const Pen = icon("M4 20l1.2-4.7L16.5 4l3.5 3.5L8.7 18.8zM14 6.5 17.5 10");
export const Check = icon("M4.5 12.5l5 5L20 6.5");
export const NoNet = icon(
  "M2.5 9.5A14 14 0 0 1 8 6.2M12 5.2c3.6 0 6.9 1.6 9.5 4.3M6 13.3a9 9 0 0 1 4-2.3M14.5 11.2a9 9 0 0 1 3.5 2.1M9.5 17a3.6 3.6 0 0 1 5 0M4 3.5l16 17",
);
export const Bell = icon("M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 18.5a2 2 0 0 0 4 0M12 5V3.5");
export const Phone = icon("M7.5 3h9v18h-9zM11 18h2");
export const Key = icon("M11.5 12.5a4 4 0 1 1-5.6-5.6 4 4 0 0 1 5.6 5.6zM11 12.5l8.5 8.5M16.5 18l2-2M8.5 9.7v.01");
export const Shield = icon("M12 3.5l7.5 2.7v5.3c0 4.5-3.2 7.6-7.5 9-4.3-1.4-7.5-4.5-7.5-9V6.2z");
export const Globe = icon("M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17");
export const Door = icon("M13.5 4H6v16h7.5M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5");
export const File = icon("M6 3.5h8l4 4v13H6zM14 3.5v4h4");
export const Link = icon(
  "M10 14a4 4 0 0 0 5.7 0l3.3-3.3a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0L5 13.3A4 4 0 0 0 10.7 19l1.3-1.3",
);
export const Upload = icon("M12 15.5v-11M7 9l5-5 5 5M4.5 15v5h15v-5");
export const Download = icon("M12 4.5v11M7 11l5 5 5-5M4.5 16v4h15v-4");
export const Clock = icon("M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2");
export const Minus = icon("M5 12h14");
export const Plus = icon("M12 5v14M5 12h14");
export const Person = icon("M15.5 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zM5 20c.7-4 3.4-6 7-6s6.3 2 7 6");
export const Torch = icon("M8 3.5h8v4l-2 3v10h-4v-10l-2-3zM8 7h8M12 13.5v1.5");
export const Photo = icon("M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-2.5 4.5 4M15 9.2v.01");
export const Larger = icon("M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0ZM15.5 15.5l5 5M10.5 7.5v6M7.5 10.5h6");
export const Keyboard = icon("M3 6.5h18v11H3zM6.5 10v.01M10 10v.01M13.5 10v.01M17.5 10v.01M8 14h8");
