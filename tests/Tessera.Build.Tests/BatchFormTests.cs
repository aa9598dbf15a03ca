using Xunit;

namespace Tessera.Build.Tests;

/// <summary>The sessions of one model in every form of a batch, built and run from packages: each example's results are those of the model of one example.</summary>
public sealed class BatchFormTests(LocalFeed feed) : IClassFixture<LocalFeed>
{
    private const string Items = """
        <OnnxModel Include="Scored" Name="Single" />
        <OnnxModel Include="Scored" Name="Dense" Batch="dense" />
        <OnnxModel Include="Scored" Name="Padded" Batch="padded" />
        <OnnxModel Include="Scored" Name="Packed" Batch="packed" />
        """;

    private const string Module = """
        using Tessera.Nn;
        using Tessera.Nn.Layers;

        namespace Models;

        [Module]
        [Ragged("n")]
        public sealed partial class Scored
        {
            public Linear Up { get; } = new(4, 6);

            public (Tensor Tokens, Tensor Mean) Forward([Input("f32[n, 4]")] Tensor x, [Input("f32[6]")] Tensor scale)
            {
                Tensor y = x.Apply(Up) * scale;
                return (y, Functional.Mean(y, axes: 0));
            }
        }
        """;

    private const string Program = """
        using Models;
        using Tessera.Runtime;

        int[] lengths = [2, 3, 1];
        float[][] tokens = [Ramp(8, 1), Ramp(12, 2), Ramp(4, 3)];
        float[][] scales = [Ramp(6, 4), Ramp(6, 5), Ramp(6, 6)];
        using SingleSession single = new();

        // All examples cut to the same length.
        using DenseSession dense = new();
        using DenseSession.Outputs same = dense.Run(Joined([tokens[0][..4], tokens[1][..4], tokens[2]]), Joined(scales));
        Say("dense", [.. tokens.Select(static t => t[..4])], example => same.Tokens.Span.Slice(6 * example, 6), example => same.Mean.Span.Slice(6 * example, 6));

        // Padding that would be seen in every sum.
        using PaddedSession padded = new();
        float[] filled = Joined(tokens.Select(static t => (float[])[.. t, .. Enumerable.Repeat(1e6f, 12 - t.Length)]));
        using PaddedSession.Outputs longest = padded.Run(filled, Joined(scales), lengths);
        Say("padded", tokens, example => longest.Tokens.Span.Slice(18 * example, 6 * lengths[example]), example => longest.Mean.Span.Slice(6 * example, 6));

        BatchBuilder builder = new BatchBuilder().AddTokens("x", "n", tokens, 4).AddRows("scale", scales, 6);
        PaddedBatch rectangle = builder.Pad();
        using PaddedSession.Outputs built = padded.Run(rectangle);
        Say("padded batch", tokens, example => rectangle.Tokens<float>(built.Tokens.Output, "n", example), example => built.Mean.Span.Slice(6 * example, 6));

        using PackedSession packed = new();
        PackedBatch rows = builder.Pack();
        using PackedSession.Outputs ragged = packed.Run(rows);
        Say("packed", tokens, example => rows.Tokens<float>(ragged.Tokens.Output, "n", example), example => ragged.Mean.Span.Slice(6 * example, 6));

        void Say(string form, float[][] examples, Part ofTokens, Part mean)
        {
            float worst = 0;
            for (int i = 0; i < examples.Length; i++)
            {
                using SingleSession.Outputs one = single.Run(examples[i], scales[i]);
                worst = Math.Max(worst, Math.Max(Difference(one.Tokens.Span, ofTokens(i)), Difference(one.Mean.Span, mean(i))));
            }

            Console.WriteLine($"{form}: {(worst < 1e-5 ? "as one by one" : $"differs by {worst}")}");
        }

        static float Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
        {
            float worst = expected.Length == actual.Length && expected.ContainsAnyExcept(0f) ? 0 : float.PositiveInfinity;
            for (int i = 0; i < expected.Length && worst < float.PositiveInfinity; i++)
            {
                worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]) / Math.Max(1, Math.Abs(expected[i])));
            }

            return worst;
        }

        static float[] Ramp(int count, int first) => [.. Enumerable.Range(first, count).Select(static i => 0.1f * i)];

        static float[] Joined(IEnumerable<float[]> parts) => [.. parts.SelectMany(static p => p)];

        delegate ReadOnlySpan<float> Part(int example);
        """;

    [Fact]
    public void Each_example_of_a_dense_padded_or_packed_batch_is_as_one_by_one()
    {
        using ProjectFolder app = feed.Project("app").With(ProjectFolder.Build + ProjectFolder.Runtime + Items);
        app.Write("Scored.cs", Module);
        app.Write("Program.cs", Program);
        Assert.Equal(
            ["dense: as one by one", "padded: as one by one", "padded batch: as one by one", "packed: as one by one"],
            app.Succeed("run").Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[^4..]);
    }
}
