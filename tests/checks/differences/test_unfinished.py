"""Networks that are not finished are compared with those that are, and with those that stop too."""

import pytest

from checks.case import Case, Images
from checks.differences.unfinished import begins, joined, layers_of, up_to
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder, ShapesDoNotFit, unfinished
from checks.graph.canonical import simplify
from checks.mistakes import changed, without


def block(g, X, filters=4, strides=1, until=None):
    """Write a residual block, or its first nodes."""
    steps = [
        lambda: g.conv("convolution 1", "input", 3, 3, strides),
        lambda: g.add("ReLU 1", "relu", "convolution 1"),
        lambda: g.conv("convolution 2", "ReLU 1", filters, 3),
        lambda: g.add("addition", "add", "convolution 2", "input"),
        lambda: g.add("ReLU 2", "relu", "addition"),
    ]
    for step in steps[:until]:
        X = step()
    return X


def built(until=None, **arguments):
    g = GraphBuilder()
    g.input((8, 6, 4))
    try:
        output = block(g, "input", until=until, **arguments)
    except ShapesDoNotFit as error:
        return simplify(error.built)
    return simplify(unfinished(g.nodes) if until else g.graph(output))


def test_where_shapes_do_not_fit_the_network_up_to_there_is_known():
    g = GraphBuilder()
    X = g.input((8, 6, 4))
    with pytest.raises(ShapesDoNotFit) as caught:
        block(g, X, filters=5)
    graph = caught.value.built
    assert caught.value.shapes == ((8, 6, 5), (8, 6, 4))
    assert (graph.output, graph.stopped) == ("addition", True)
    assert list(graph.nodes) == ["input", "convolution 1", "ReLU 1", "convolution 2", "addition"]


def test_what_leaves_nothing_of_the_images_stops_too():
    g = GraphBuilder()
    X = g.input((4, 4, 3))
    with pytest.raises(ShapesDoNotFit) as caught:
        g.max_pool("pooling", X, 7, 7)
    assert caught.value.built.output == "pooling"


@pytest.mark.parametrize(
    "add",
    [
        lambda g, X: g.conv("last", X, 3, 3),
        lambda g, X: g.max_pool("last", X, 2, 2),
        lambda g, X: g.zero_pad("last", X, 1),
        lambda g, X: g.global_average_pool("last", X),
    ],
)
def test_layers_for_images_do_not_take_what_was_flattened(add):
    g = GraphBuilder()
    X = g.add("flat", "flatten", g.input((4, 4, 3)))
    with pytest.raises(ShapesDoNotFit) as caught:
        add(g, X)
    assert caught.value.built.output == "last"


def test_a_normalisation_over_an_axis_that_is_not_there_stops():
    g = GraphBuilder()
    with pytest.raises(ShapesDoNotFit):
        g.batch_norm("normalisation", g.input((4, 4, 3)), axis=4)


def test_a_concatenation_of_images_of_two_sizes_stops():
    g = GraphBuilder()
    X = g.input((4, 4, 3))
    with pytest.raises(ShapesDoNotFit):
        g.add("both", "concatenate", X, g.max_pool("pooling", X, 2, 2), axis=-1)


@pytest.mark.parametrize("until", [1, 2, 3, 4])
def test_every_beginning_of_a_network_begins_it(until):
    assert begins(built(until), built())


@pytest.mark.parametrize("until", [1, 3, 4])
def test_a_beginning_with_another_setting_begins_another_network(until):
    assert not begins(built(until, strides=2), built())


def test_a_network_that_stops_begins_only_what_stops_in_the_same_place():
    assert begins(built(filters=5), built(filters=5))
    assert not begins(built(filters=5), built())
    assert not begins(built(filters=5), built(filters=6))
    assert not begins(built(filters=5), built(strides=2))


def test_what_was_built_before_another_error_begins_what_stops_later():
    assert begins(built(2), built(filters=5))


def test_a_bias_that_a_normalisation_will_take_away_does_not_count():
    g = GraphBuilder()
    g.batch_norm("normalisation", g.conv("convolution 1", g.input((8, 6, 4)), 3, 3))
    assert begins(built(1), simplify(g.graph("normalisation")))


def test_two_layers_do_not_begin_a_network_in_which_they_are_one():
    def twice(layers):
        g = GraphBuilder()
        X = g.input((8, 6, 4))
        for number, layer in enumerate(layers):
            X = g.add(
                f"convolution {number}",
                "conv2d",
                X,
                layer=layer,
                filters=4,
                kernel=(3, 3),
                strides=(1, 1),
                padding="same",
                use_bias=True,
            )
        return simplify(unfinished(g.nodes))

    assert begins(twice("aa"), twice("aab"))
    assert begins(twice("a"), twice("aa"))
    assert not begins(twice("ab"), twice("aa"))
    assert not begins(twice("aa"), twice("ab"))


def test_a_network_is_cut_where_the_other_one_ends():
    assert list(up_to(built(), built(filters=5)).nodes)[-1] == "addition"
    assert list(up_to(built(), built(1)).nodes) == ["input", "convolution 1"]


def test_a_network_is_cut_by_what_comes_before_an_operation_that_it_does_not_have():
    g = GraphBuilder()
    X = block(g, g.input((8, 6, 4)), until=2)
    g.add("pooling", "max_pool", X, kernel=(2, 2), strides=(2, 2), padding="valid")
    assert list(up_to(built(), simplify(unfinished(g.nodes))).nodes)[-1] == "ReLU 1"


def ends(*names):
    g = GraphBuilder()
    X = g.input((8, 6, 4))
    for name in names:
        g.conv(name, X, 3, 3)
    return unfinished(g.nodes)


def test_only_as_many_open_paths_count_as_the_network_joins():
    assert list(joined(ends("a", "b", "c"), 2).nodes) == ["input", "b", "c"]
    assert list(joined(ends("a", "b", "c"), 1).nodes) == ["input", "c"]
    assert list(joined(ends("a"), 2).nodes) == ["input", "a"]


def test_what_the_call_that_failed_did_not_read_does_not_count_and_neither_does_the_call():
    g = GraphBuilder()
    X = block(g, g.input((8, 6, 4)), filters=5, until=3)
    g.conv("lost", "input", 3, 3)
    with pytest.raises(ShapesDoNotFit) as caught:
        g.add("addition", "add", X, "input")
    names = list(layers_of(caught.value.built, 2).nodes)
    assert names == ["input", "convolution 1", "ReLU 1", "convolution 2"]


EXERCISE = NetworkExercise(
    "block",
    "lesson",
    ("X",),
    lambda generator, grading: [],
    build=lambda g, X: block(g, X),
)
TWICE = Case("two blocks", {"X": Images((8, 6, 4))}, then={"X": Images((8, 6, 4))})


def test_a_mistake_in_the_second_of_two_calls_stops_behind_the_first():
    def mutation(reference, arguments):
        graph = reference(arguments)
        mutation.calls += 1
        return (
            changed("convolution 2", filters=5)(reference, arguments)
            if mutation.calls > 1
            else graph
        )

    mutation.calls = 0
    graph = EXERCISE.begun(TWICE, mutation)
    assert (graph.output, graph.stopped) == ("second call: addition", True)
    assert "ReLU 2" in graph.nodes


def test_a_mistake_that_fits_leaves_a_whole_network():
    graph = EXERCISE.begun(TWICE, without("ReLU 2"))
    assert not graph.stopped
    assert graph.output == "second call: addition"
