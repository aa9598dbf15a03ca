using Tessera.Ir;
using Tessera.Nn.Weights;
using Xunit;

namespace Tessera.Nn.Tests.Weights;

public sealed class WeightSetTests
{
    [Fact]
    public void Match_gives_the_weights_in_the_order_of_the_slots()
    {
        var set = Set(("b", [2]), ("a", [1, 2]));
        var matched = set.Match([new("a", DType.F32, [1, 2]), new("b", DType.F32, [2])], WeightTypes.Exact);
        Assert.Equal(["a", "b"], matched.Keys);
        Assert.Same(set["a"], matched["a"]);
    }

    [Fact]
    public void Match_lists_missing_unexpected_and_misshapen_weights_together()
    {
        var set = Set(("head.wieght", [2]), ("norm.weight", [3]), ("extra", [1]));
        var error = Mismatch(set, [new("head.weight", DType.F32, [2]), new("norm.weight", DType.F32, [4]), new("cls", DType.F32, [1])]);
        Assert.Equal(
            "TSR0641 test: the weights do not fit the model. 2 missing: 'head.weight' (did you mean 'head.wieght'?), 'cls'; "
            + "2 unexpected: 'head.wieght', 'extra'; 1 misshapen: 'norm.weight' is f32[3], expected f32[4].",
            error.Message);
    }

    [Fact]
    public void Match_notices_a_prefix_too_many()
    {
        var error = Mismatch(Set(("model.a", [1]), ("model.b", [1])), [new("a", DType.F32, [1]), new("b", DType.F32, [1])]);
        Assert.Contains("behind 'model.'", error.Hint, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], Set(("model.a", [1]), ("model.b", [1])).Rename(static n => n[6..]).Keys);
    }

    [Fact]
    public void Match_shortens_long_lists()
    {
        var error = Mismatch(Set(), [.. Enumerable.Range(0, 33).Select(static i => new WeightSlot($"w{i}", DType.F32, [1]))]);
        Assert.Contains("33 missing: 'w0', ", error.Message, StringComparison.Ordinal);
        Assert.Contains("'w19' and 13 more", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("w20", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_rounds_floats_only_when_told_to()
    {
        WeightSlot[] half = [new("a", DType.F16, [1])];
        Assert.Contains("'a' is f32[1], expected f16[1]", Mismatch(Set(("a", [1])), half).Message, StringComparison.Ordinal);
        Assert.Equal(DType.F16, Set(("a", [1])).Match(half, WeightTypes.CastFloats)["a"].DType);
        Assert.Throws<TesseraException>(() => Set(("a", [1])).Match([new("a", DType.I32, [1])], WeightTypes.CastFloats));
    }

    [Fact]
    public void Seeds_fill_every_slot_and_each_by_its_own_path()
    {
        WeightSlot[] slots = [new("a", DType.F32, [8], Initializer.Normal(0, 1)), new("b", DType.F32, [8], Initializer.Normal(0, 1))];
        var (set, reversed) = (WeightSet.FromSeed(slots, 1), WeightSet.FromSeed(slots.Reverse(), 1));
        Assert.NotEqual(set["a"].ToArray(), set["b"].ToArray());
        Assert.Equal(set["a"].ToArray(), reversed["a"].ToArray());
        Assert.NotEqual(set["a"].ToArray(), WeightSet.FromSeed(slots, 2)["a"].ToArray());
        Assert.Equal("TSR0640", Assert.Throws<TesseraException>(static () => WeightSet.FromSeed([new("c", DType.F32, [1])], 1)).Code);
    }

    [Fact]
    public void Two_weights_of_one_name_are_refused() =>
        Assert.Equal("TSR0639", Assert.Throws<TesseraException>(static () => Set(("a", [1]), ("a", [1]))).Code);

    [Fact]
    public void Weights_that_are_not_finite_are_found()
    {
        var set = new WeightSet("test", [new("good", MemoryWeightSource.Of<float>([1], 1)), new("bad", MemoryWeightSource.Of<float>([0, float.NaN], 2))]);
        Assert.Equal([KeyValuePair.Create("bad", new NonFiniteCount(1, 0, 1))], set.FindNonFinite());
    }

    private static TesseraException Mismatch(WeightSet set, WeightSlot[] slots) =>
        Assert.Throws<TesseraException>(() => set.Match(slots, WeightTypes.Exact));

    private static WeightSet Set(params (string Path, long[] Dims)[] weights) => new(
        "test",
        weights.Select(static w => KeyValuePair.Create<string, WeightSource>(w.Path, new GeneratedWeightSource(DType.F32, w.Dims, static (_, v) => v.Clear()))));
}
