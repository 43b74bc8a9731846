import { nativeFigures } from "../../bench/native";

const times = (up: number) => ({ up, preview: 900, refresh: 800, destroy: 700 });

test("the plugin's share compares medians, and more than 5% above misses the bar", () => {
  const figures = nativeFigures({
    plugin: [times(1060), times(1100), times(9000)],
    dynamic: [times(1000), times(10), times(1000)],
  });
  expect(figures.map(({ name, value, bar }) => [name, value, bar])).toEqual([
    ["native_up_ratio", 1.1, 1.05],
    ["native_preview_ratio", 1, 1.05],
    ["native_refresh_ratio", 1, 1.05],
    ["native_destroy_ratio", 1, 1.05],
  ]);
});
