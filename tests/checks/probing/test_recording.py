"""What a function makes and calls of Keras is recorded, and written down where it raises."""

import json
import threading

import keras
import numpy as np
import pytest
from keras import layers, ops

from checks.case import Case, Images
from checks.catalogue import EXERCISES
from checks.evidence import FailedCall, Layer, Record, read, written
from checks.graph.keras_graph import STOPPED, MalformedEvidence, read_begun
from checks.probing.probe import probe
from checks.probing.recording import recorded

BLOCK = {"X": Images((8, 6, 4)), "f": 3, "filters": (3, 5, 4), "stage": 2, "block": "b"}


def record_of(function, **arguments):
    (record,) = probe(function, [Case("first call", arguments or BLOCK)]).cases
    return read(Record, json.loads(json.dumps(written(record))))


def built_by(function, **arguments):
    return record_of(function, **arguments).built


def layers_of(built):
    return [(layer["class_name"], layer["name"]) for layer in built.graph["config"]["layers"]]


def test_every_call_up_to_the_error_is_written_down_with_the_one_that_failed():
    def identity_block(X, f, filters, stage, block):
        Y = layers.Conv2D(filters[0], 1, name="one")(X)
        Y = ops.relu(Y)
        return layers.Add(name="sum")([Y, X])

    built = built_by(identity_block)
    assert [name for name, _ in layers_of(built)] == ["InputLayer", "Conv2D", "Relu", "Add"]
    assert built.stopped == FailedCall("Add", "sum", again=False)
    assert built.inputs == ()
    graph = read_begun(built.graph)
    assert graph.stopped
    assert graph.nodes[graph.output].describe() == "Add"
    assert [graph.nodes[name].shape for name in graph.nodes[graph.output].inputs] == [
        (8, 6, 3),
        (8, 6, 4),
    ]


def test_operators_and_functions_of_keras_are_calls_as_layers_are():
    for join in (lambda X, Y: X + Y, ops.add, lambda X, Y: layers.add([X, Y])):

        def identity_block(X, f, filters, stage, block, join=join):
            return join(layers.Conv2D(3, 1)(X), X)

        graph = read_begun(built_by(identity_block).graph)
        assert graph.nodes[graph.output].operation == "add"


def test_what_is_computed_and_leads_nowhere_is_written_down_too():
    def identity_block(X, f, filters, stage, block):
        layers.ReLU(name="lost")(X)
        X = layers.Conv2D(3, 1, name="kept")(X)
        raise RuntimeError

    graph = read_begun(built_by(identity_block).graph)
    assert not graph.stopped
    assert (*graph.ends, graph.output) == ("lost", "kept")


def test_a_call_that_fails_for_another_reason_than_shapes_is_no_end_of_the_network():
    def identity_block(X, f, filters, stage, block):
        Y = layers.Conv2D(X.shape[-1], 1, name="one")(X)
        return layers.Add()(Y, X)

    built = built_by(identity_block)
    assert built.stopped.class_name == "Add"
    graph = read_begun(built.graph)
    assert (graph.output, graph.stopped) == ("one", False)


def test_what_a_layer_is_called_on_in_place_of_a_tensor_is_told():
    def on_a_layer(X, f, filters, stage, block):
        return layers.ReLU()(layers.Conv2D(3, 1))

    def on_nothing(X, f, filters, stage, block):
        return layers.Dense(3)(None)

    assert built_by(on_a_layer).stopped.layers == ("Conv2D",)
    assert built_by(on_nothing).stopped.others == ("NoneType",)


def test_layers_that_were_made_and_never_called_are_listed():
    def identity_block(X, f, filters, stage, block):
        layers.Conv2D(3, 1, name="lost")
        layers.BatchNormalization(name="thrown_away")
        return layers.ReLU()(layers.Add()([layers.Conv2D(3, 1)(X), X]))

    assert built_by(identity_block).uncalled == (
        Layer("Conv2D", "lost"),
        Layer("BatchNormalization", "thrown_away"),
    )


def test_a_layer_that_waits_for_its_argument_in_the_line_that_fails_was_not_forgotten():
    def identity_block(X, f, filters, stage, block):
        return layers.ReLU()(layers.BatchNormalization()(layers.Add()([layers.Conv2D(3, 1)(X), X])))

    assert built_by(identity_block).uncalled == ()


def test_variables_are_told_by_the_layers_whose_output_they_hold():
    def identity_block(X, f, filters, stage, block):
        x = layers.Conv2D(3, 1, name="one")(X)
        return layers.Add()([x, X])

    variables = built_by(identity_block).variables
    assert variables["x"] == "one"
    assert variables["X"].startswith("input_layer")


def test_inputs_that_the_function_makes_are_the_beginning():
    def ResNet50(input_shape, classes):
        inputs = keras.Input(input_shape, name="images")
        layers.Conv2D(3, 1, name="one")(inputs)
        return keras.Model(inputs, undefined)  # noqa: F821

    built = built_by(ResNet50, input_shape=(8, 6, 4), classes=3)
    assert layers_of(built) == [("InputLayer", "images"), ("Conv2D", "one")]


def test_layers_of_one_name_are_told_apart():
    def ResNet50(input_shape, classes):
        inputs = keras.Input(input_shape)
        X = layers.ReLU(name="twice")(layers.Conv2D(3, 1, name="twice")(inputs))
        return keras.Model(inputs, X)

    record = record_of(ResNet50, input_shape=(8, 6, 4), classes=3)
    assert "is used 2 times" in record.error.message
    assert [name for _, name in layers_of(record.built)][1:] == ["twice", "twice (2)"]


def test_a_model_that_is_called_is_one_layer_and_not_a_network_of_its_own():
    def identity_block(X, f, filters, stage, block):
        unit = keras.Sequential([keras.Input((8, 6, 4)), layers.Conv2D(3, 1)], name="unit")
        return unit(X) + X

    built = built_by(identity_block)
    assert [kind for kind, _ in layers_of(built)] == ["InputLayer", "Sequential", "Add"]
    graph = read_begun(built.graph)
    assert [node.operation for node in graph.nodes.values()] == ["input", "conv2d", "add"]


class Doubled(layers.Layer):
    def call(self, X):
        return 2 * X


def test_layers_of_the_learners_own_are_opened():
    def identity_block(X, f, filters, stage, block):
        return layers.Conv2D(3, 1)(Doubled()(X)) + X

    operations = [
        node.operation for node in read_begun(built_by(identity_block).graph).nodes.values()
    ]
    assert operations == ["input", "constant", "multiply", "conv2d", "add"]


def test_the_second_of_two_calls_is_written_down_behind_the_first():
    def identity_block(X, f, filters, stage, block):
        X = layers.Conv2D(4, 1, name=f"convolution_{block}")(X)
        return X if block == "b" else layers.Add()([X, layers.Flatten()(X)])

    case = Case("two blocks", BLOCK, then={**BLOCK, "block": "c"})
    (record,) = probe(identity_block, [case]).cases
    names = [name for _, name in layers_of(record.built)]
    assert names[1:3] == ["convolution_b", "convolution_c"]


def test_what_returns_no_network_is_written_down_as_well():
    def identity_block(X, f, filters, stage, block):
        layers.Conv2D(3, 1, name="one")(X)

    record = record_of(identity_block)
    assert record.outcome == "returned"
    assert ("Conv2D", "one") in layers_of(record.built)


def test_a_network_that_is_returned_needs_no_other_record():
    assert record_of(lambda X, **others: layers.ReLU()(X)).built is None


def test_who_raises_at_once_has_built_nothing():
    def identity_block(X, f, filters, stage, block):
        raise RuntimeError

    assert record_of(identity_block).built is None


def test_an_error_that_the_function_catches_is_not_what_stopped_it():
    def identity_block(X, f, filters, stage, block):
        try:
            layers.Add()([layers.Conv2D(3, 1)(X), X])
        except ValueError:
            raise KeyError("another") from None

    built = built_by(identity_block)
    assert built.stopped is None
    assert not read_begun(built.graph).stopped


class Unspeakable(layers.Layer):
    """A layer that ends whoever asks for its settings."""

    def call(self, X):
        return X

    def get_config(self):
        raise SystemExit("no settings")

    def compute_output_spec(self, X):
        return X


def test_what_cannot_be_written_down_was_not_built():
    def identity_block(X, f, filters, stage, block):
        Unspeakable()(X)
        raise RuntimeError

    record = record_of(identity_block)
    assert record.error.type == "RuntimeError"


def test_keras_is_as_it_was_when_the_function_is_done():
    operation, layer = keras.Operation, layers.Layer
    before = vars(operation)["__new__"], vars(operation)["symbolic_call"], vars(layer)["__call__"]
    with recorded(None):
        assert vars(layer)["__call__"] is not before[2]
    assert before == (
        vars(operation)["__new__"],
        vars(operation)["symbolic_call"],
        vars(layer)["__call__"],
    )


def test_only_the_calls_of_one_thread_are_recorded():
    X = keras.Input((4,))
    with recorded(None) as recording, recording.of_this_thread():
        other = threading.Thread(target=lambda: layers.ReLU()(X))
        other.start()
        other.join()
        layers.Dense(3)(X)
    assert [type(made).__name__ for made, *_ in recording.made] == ["Dense"]
    assert [type(node.operation).__name__ for node in recording.calls] == ["Dense"]


def test_the_traceback_does_not_show_how_calls_are_recorded():
    def identity_block(X, f, filters, stage, block):
        return layers.Add()([layers.Conv2D(3, 1)(X), X])

    traceback = record_of(identity_block).error.traceback
    assert "checks/probing/recording.py" not in traceback
    assert "return layers.Add()" in traceback


def test_the_call_that_failed_comes_last_in_whatever_order_it_is_written():
    def identity_block(X, f, filters, stage, block):
        return layers.Add()([layers.Conv2D(3, 1)(X), X])

    data = built_by(identity_block).graph
    data["config"]["layers"].reverse()
    assert read_begun(data).output == STOPPED


def test_only_the_last_call_may_fail():
    def identity_block(X, f, filters, stage, block):
        return layers.Add(name="sum")([layers.Conv2D(3, 1)(X), X])

    data = json.loads(json.dumps(built_by(identity_block).graph).replace(STOPPED, "sum"))
    with pytest.raises(MalformedEvidence):
        read_begun(data)


@pytest.mark.parametrize("exercise", ["identity_block", "ResNet50", "count_parameters"])
def test_reference_solutions_leave_no_record(exercise):
    from resnet_course.desk.solutions import reference_solution

    cases = EXERCISES[exercise].cases(np.random.default_rng(0), False)[:1]
    assert probe(reference_solution(exercise), cases).cases[0].built is None
