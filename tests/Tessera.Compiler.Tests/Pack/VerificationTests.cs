using System.Text.RegularExpressions;
using Tessera.Compiler.Pack;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Xunit;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>What is compared before a packed model is written, and what is said where a model shows too little.</summary>
public partial class VerificationTests
{
    [Fact]
    public void Sizes_that_are_ragged_apart_have_lengths_of_their_own()
    {
        PackedModel packed = Packed(Cross(), new PackOptions { Ragged = ["n", "m"], Masks = ["mask"], Verify = true });
        Assert.Empty(packed.Untested);
        (string N, string M)[] sizes = [.. packed.Checks.Select(static c => Sizes().Match(c.What)).Select(static m => (m.Groups[1].Value, m.Groups[2].Value)).Distinct()];
        Assert.True(sizes.Count(static s => s.N != s.M) > 6, string.Join("; ", sizes));
        Assert.Contains(sizes, static s => s.N == "0" && s.M != "0");
        Assert.All(packed.Checks, static c => Assert.InRange(c.Largest, 0, 1e-4));
    }

    [Fact]
    public void Both_sizes_are_told_by_masks_behind_the_padded_interface()
    {
        PackedModel packed = Packed(Cross(ownMask: true), new PackOptions { Ragged = ["n", "m"], Masks = ["own", "mask"], Interface = PackInterface.Padded, Verify = true });
        Assert.Empty(packed.Untested);
        Assert.All(packed.Checks, static c => Assert.InRange(c.Largest, 0, 1e-4));
    }

    [Fact]
    public void A_model_of_two_lengths_is_compared_in_batches_of_three_and_says_what_it_cannot_show()
    {
        PackedModel packed = Packed(Short(positions: 2), new PackOptions { Masks = ["mask"], Verify = true });
        string untested = Assert.Single(packed.Untested);
        Assert.StartsWith("three examples that differ in every length, for the original takes sequence=1; sequence=2", untested, StringComparison.Ordinal);
        Assert.Contains("2 >= sequence", untested, StringComparison.Ordinal);
        // The longest cannot be padded, but the shorter one can.
        Assert.Contains(packed.Checks, static c => c.What == "the original, a batch with more padding: sequence=1");
        Assert.Equal(3, packed.Checks.Count(static c => c.What.StartsWith("the original, a batch:", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_model_of_one_short_length_is_compared_with_more_padding_all_the_same()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 2);
        m.Input("mask", DType.Bool, "batch", "sequence");
        m.Output(m.Node("Tanh", [m.Reshape(x, m.Size(x, 0), m.Longs(-1), m.Longs(48))]), "y");
        PackedModel packed = Packed(m, new PackOptions { Masks = ["mask"] });
        string untested = Assert.Single(packed.Untested);
        Assert.StartsWith("three examples that differ in every length, for the original takes sequence=24; its rules: ", untested, StringComparison.Ordinal);
        Assert.Equal(3, packed.Checks.Count(static c => c.What == "the original, a batch with more padding: sequence=24"));
    }

    [Fact]
    public void The_first_op_by_which_an_example_sees_padding_is_named()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 8);
        string mask = m.Node("Unsqueeze", [m.Input("mask", DType.F32, "batch", "sequence"), m.Longs(1, 2)]);
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), mask]), m.Float(-10000)]);
        m.Output(PaddedModels.Layer(m, x, logits => m.Node("Add", [m.Node("Mul", [logits, m.Float(1e6f)]), added])), "y");
        TesseraException error = Assert.Throws<TesseraException>(() => Packed(m, new PackOptions { Masks = ["mask"] }));
        Assert.Equal("TSR0910", error.Code);
        Assert.Matches("The first op to give the example something else is softmax at .*/Softmax_", error.Hint);
    }

    [Fact]
    public void Rows_of_padding_are_zero_behind_the_padded_interface()
    {
        PackedModel packed = Packed(PaddedModels.Bert(), new PackOptions { Masks = ["attention_mask"], Interface = PackInterface.Padded });
        long[] lengths = [3, 5, 1];
        const int Longest = 7;
        using OrtRun run = new(packed.Model.ToBytes(), kernels: true);
        RefTensor Of(Func<int, int, long> at) => RefTensor.Ints(DType.I64, [3, Longest], [.. Enumerable.Range(0, 3 * Longest).Select(i => at(i / Longest, i % Longest))]);
        IReadOnlyList<RefValue> results = run.Run(new Dictionary<string, RefValue>
        {
            ["input_ids"] = Of(static (e, t) => (e + (3 * t)) % 11),
            ["token_type_ids"] = Of(static (e, t) => (e + t) % 2),
            ["attention_mask"] = Of((e, t) => t < lengths[e] ? 1 : 0),
        });
        RefTensor hidden = (RefTensor)results[run.Outputs.ToList().IndexOf("last_hidden_state")];
        Assert.Equal([3, Longest, 8], hidden.Dims);
        for (int i = 0; i < hidden.Count; i++)
        {
            bool own = i / 8 % Longest < lengths[i / 8 / Longest];
            Assert.Equal(own, hidden.F[i] != 0);
        }
    }

    // Queries of one length, keys of another.
    private static ExportedModel Cross(bool ownMask = false)
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "n", 8);
        string context = m.Input("context", DType.F32, "batch", "m", 8);
        string mask = m.Input("mask", DType.I64, "batch", "m");
        string q = PaddedModels.Split(m, PaddedModels.Linear(m, x, 8), x);
        string k = PaddedModels.Split(m, PaddedModels.Linear(m, context, 8), context);
        string v = PaddedModels.Split(m, PaddedModels.Linear(m, context, 8), context);
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), m.Cast(m.Node("Unsqueeze", [mask, m.Longs(1, 2)]), DType.F32)]), m.Float(float.MinValue)]);
        string logits = m.Node("Div", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(2)]);
        string y = PaddedModels.Merge(m, m.MatMul(m.Softmax(m.Node("Add", [logits, added])), v));
        if (ownMask)
        {
            y = m.Node("Mul", [y, m.Cast(m.Node("Unsqueeze", [m.Input("own", DType.I64, "batch", "n"), m.Longs(2)]), DType.F32)]);
        }

        m.Output(y, "y");
        return m;
    }

    // Attention with positions from a short table.
    private static ExportedModel Short(int positions)
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 8);
        string mask = m.Node("Unsqueeze", [m.Input("mask", DType.I64, "batch", "sequence"), m.Longs(1, 2)]);
        string table = m.Node("Slice", [m.Weight(1, positions, 8), m.Longs(0), m.Size(x, 1), m.Longs(1), m.Longs(1)]);
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), m.Cast(mask, DType.F32)]), m.Float(float.MinValue)]);
        m.Output(PaddedModels.Layer(m, m.Node("Add", [x, table]), logits => m.Node("Add", [logits, added])), "y");
        return m;
    }

    private static PackedModel Packed(ExportedModel m, PackOptions options)
    {
        using TempModel file = new(m);
        using OnnxModel model = OnnxModel.Load(file.Path);
        return model.Pack(options);
    }

    [GeneratedRegex(@"n=(\d+), m=(\d+)")]
    private static partial Regex Sizes();
}
