using Tessera.Ir;
using Tessera.Nn.Layers;
using Tessera.Nn.Tests.Layers;
using Xunit;

namespace Tessera.Nn.Tests.Core;

/// <summary>Mistakes in a Forward are refused at its line, not computed in silence.</summary>
public class TensorMisuseTests
{
    [Theory]
    [InlineData("i64[n]", 0.5, "0.5")]
    [InlineData("i64[n]", double.NaN, "NaN")]
    [InlineData("i64[n]", double.PositiveInfinity, "Infinity")]
    [InlineData("i64[n]", 9223372036854775808.0, "9.223372036854776E+18")]
    [InlineData("u8[n]", -1.0, "-1")]
    [InlineData("u8[n]", 256.0, "256")]
    [InlineData("i32[n]", -2147483649.0, "-2147483649")]
    [InlineData("bool[n]", 1.0, "1")]
    public void Scalar_refuses_what_the_element_type_cannot_hold(string type, double value, string text)
    {
        TesseraException error = Fails("TSR0612", x => x[0].Scalar(value), type);
        Assert.Contains($" {text} is no number", error.Message, StringComparison.Ordinal);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("(TensorMisuseTests.cs:", error.Place, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("i64[n]", -9223372036854775808.0, "-9223372036854775808")]
    [InlineData("u8[n]", 255.0, "255")]
    [InlineData("i32[n]", -2147483648.0, "-2147483648")]
    [InlineData("u64[n]", 9223372036854775808.0, "9223372036854775808")]
    [InlineData("f32[n]", 0.5, "0.5")]
    public void Scalar_keeps_what_the_element_type_holds(string type, double value, string text) =>
        Assert.Contains($"{text}", LayerRun.Text(new Linear(1, 1), x => x[0] + value, type), StringComparison.Ordinal);

    [Fact]
    public void Deconstruction_takes_all_parts_or_fails()
    {
        Fails("TSR0613", static x => First(x[0].SplitHeads(2, 3)), "f32[n, 24]");
        Fails("TSR0613", static x => Second(x[0].SplitHeads(2, 2)), "f32[n, 24]");
        LayerRun.Text(new Linear(1, 1), static x => First(x[0].SplitHeads(2, 2)), "f32[n, 24]");

        static Tensor First(TensorParts parts)
        {
            (Tensor a, Tensor b) = parts;
            return a + b;
        }

        static Tensor Second(TensorParts parts)
        {
            (Tensor a, Tensor b, Tensor c) = parts;
            return a + b + c;
        }
    }

    [Theory]
    [InlineData("f32[n, 768]", -1, "256, 256", "add up to 512; axis -1 of f32[n, 768] has 768")]
    [InlineData("f32[n, 768]", -1, "512, 512", "add up to 1024")]
    [InlineData("f32[n, 768]", -1, "769, -1", "add up to 768")]
    [InlineData("f32[n, 768]", 0, "1, 2", "add up to 3; axis 0 of f32[n, 768] has n")]
    public void Split_takes_the_whole_axis_or_fails(string type, int axis, string sizes, string message)
    {
        TesseraException error = Fails("TSR0613", x => x[0].Split(axis, sizes.Split(", ").Select(static s => Dim.Parse(s)))[0], type);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Split_of_symbolic_sizes_adds_up() =>
        Assert.Contains("f32[n, 3]", LayerRun.Text(new Linear(1, 1), static x => x[0].Split(0, 1, Dim.Sym("n"))[1], "f32[n + 1, 3]"), StringComparison.Ordinal);

    [Fact]
    public void Split_names_an_axis_that_does_not_exist() => Fails("TSR0613", static x => x[0].Split(2, 3)[0], "f32[n, 3]");

    [Theory]
    [InlineData(0, 3)]
    [InlineData(2, 0)]
    [InlineData(-2, 3)]
    [InlineData(65536, 65536)]
    [InlineData(5, 1)]
    public void SplitHeads_refuses_counts_that_do_not_divide(int heads, int parts) =>
        Fails("TSR0604", x => x[0].SplitHeads(heads, parts)[0], "f32[n, 24]");

    [Fact]
    public void A_tensor_of_another_trace_is_refused_where_it_is_used()
    {
        Tensor? kept = null;
        LayerRun.Text(new Linear(1, 1), x => kept = x[0] * 2, "f32[n]");
        foreach (Func<Tensor[], Tensor> use in (Func<Tensor[], Tensor>[])[x => x[0] + kept!, x => kept! + x[0], x => Functional.Concat(0, x[0], kept!), x => Functional.Where(x[0].To(DType.Bool), kept!, x[0])])
        {
            TesseraException error = Fails("TSR0611", use, "f32[n]");
            Assert.Contains("TensorMisuseTests.cs:", error.Place + error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_result_of_another_trace_is_refused()
    {
        Keeper module = new();
        ModelTracer.Trace(module);
        TesseraException error = Assert.Throws<TesseraException>(() => ModelTracer.Trace(module));
        Assert.Equal("TSR0611", error.Code);
        Assert.Contains("output 'output'", error.Message, StringComparison.Ordinal);
    }

    private static TesseraException Fails(string code, Func<Tensor[], Tensor> forward, params string[] types)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => LayerRun.Text(new Linear(1, 1), forward, types));
        Assert.Equal(code, error.Code);
        return error;
    }
}

/// <summary>What no model should do: it answers with the result of an earlier run.</summary>
[Module]
public sealed partial class Keeper
{
    private readonly List<object> _kept = [];

    public Tensor Forward([Input("f32[n]")] Tensor x)
    {
        _kept.Add(x + 1);
        return (Tensor)_kept[0];
    }
}
