"""The numbers beside the grid."""

from gridworld.window.panels.numbers import merged_labels


def test_a_label_that_only_the_second_has_stands_where_it_has_it() -> None:
    assert merged_labels([["episode", "s, a", "target"], ["episode", "rho", "target", "C"]]) == [
        "episode",
        "rho",
        "s, a",
        "target",
        "C",
    ]
    assert merged_labels([[], ["a"]]) == ["a"]
