using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Passes.Replay;
using Tessera.Passes.Unbatching;

namespace Tessera.Compiler.Pack;

/// <summary>Of a model whose results for an example depend on others, the first op by which they do: all its values are outputs for once.</summary>
internal static class FirstDifference
{
    /// <summary>The op and how it differs, as a sentence; null where no value that can be compared does.</summary>
    /// <param name="trial">The original.</param>
    /// <param name="examples">A batch.</param>
    /// <param name="padding">What stands behind each example.</param>
    /// <param name="at">The example that gets something else than alone.</param>
    public static string? Find(PackTrial trial, PackExample[] examples, PackExample[] padding, int at)
    {
        UnbatchedGraph batched = trial.Layout.Batched;
        UnbatchedValue[] values = [.. batched.Values.Where(v => v.One.Shape.Symbols.All(examples[at].Sizes.ContainsKey))];
        Graph all = batched.Whole with { Outputs = [.. values.Select(static (v, i) => new GraphOutput(Name(i), v.Batched))] };
        using TemporaryFolder folder = new();
        OnnxEmitter.Emit(all, new EmitOptions { Target = EmitTarget.Portable }).Save(folder["all.onnx"]);
        try
        {
            using OrtRun run = new(File.ReadAllBytes(folder["all.onnx"]), kernels: false, folder["."]);
            IReadOnlyList<RefValue> together = run.Run(trial.Layout.Padded(examples, padding));
            IReadOnlyList<RefValue> alone = run.Run(trial.Layout.Padded([examples[at]], [examples[at]]));
            Dictionary<string, int> places = run.Outputs.Select(static (name, i) => (name, i)).ToDictionary();
            for (int i = 0; i < values.Length; i++)
            {
                (RefTensor a, RefTensor b) = ((RefTensor)alone[places[Name(i)]], (RefTensor)together[places[Name(i)]]);
                long[] own = values[i].One.Shape.Evaluate(s => examples[at].Sizes[s]);
                Comparison comparison = PackTrial.Compared([Own(a, values[i], 0, 1, own)], [Own(b, values[i], at, examples.Length, own)], [values[i].What]);
                if (comparison.Difference is { } difference)
                {
                    return $"The first op to give the example something else is {values[i].What} at {values[i].Batched.Source}: {difference}.";
                }
            }

            return null;
        }
        catch (OnnxRuntimeException error)
        {
            return $"Which op is the first to do so cannot be told: {error.Message.ReplaceLineEndings(" ")}";
        }
    }

    private static string Name(int value) => $"value {value}";

    // What belongs to an example, without padding.
    private static RefTensor Own(RefTensor whole, UnbatchedValue value, int example, int examples, long[] own)
    {
        if (value.Inner == Dim.One)
        {
            return RefRows.Corner(RefRows.Row(whole, value.Axis, example), own);
        }

        long inner = whole.Dims[value.Axis] / examples;
        return RefRows.Corner(RefRows.Cut(whole, value.Axis, example * inner, inner), own);
    }
}
