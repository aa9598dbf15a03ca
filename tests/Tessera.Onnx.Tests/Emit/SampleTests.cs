using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Tessera.Testing;
using Xunit;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>Every sample of every op: written, read back, and run in ONNX Runtime against the reference.</summary>
public partial class SampleTests
{
    private static readonly int[] s_opsets = [EmitOptions.MinCompleteOpset, 21, EmitOptions.DefaultOpset, EmitOptions.MaxOpset];

    public static IEnumerable<object[]> Samples() => SampleCase.All();

    public static IEnumerable<object[]> FusedSamples() => SampleCase.All().Where(static s => IsFused((SampleCase)s[0]));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_reads_back_as_it_was_written(SampleCase sample)
    {
        foreach (EmitOptions options in Variants(NeedsOrt(sample)))
        {
            if (!HasForm(sample, options))
            {
                continue;
            }

            EmittedModel model = Emit(sample, options);
            byte[] bytes = model.ToBytes();
            Assert.Equal(bytes, Emit(sample, options).ToBytes());
            Assert.Equal(Normal(model.Graph), Normal(OnnxReader.Read(bytes)));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Samples))]
    public void Sample_runs_in_onnx_runtime_as_in_the_reference(SampleCase sample) =>
        Compare(sample, NeedsOrt(sample) ? EmitTarget.Ort : EmitTarget.Portable, kernels: false);

    [SkippableTheory]
    [MemberData(nameof(FusedSamples))]
    public void Sample_with_functions_runs_in_bare_onnx_runtime(SampleCase sample) => Compare(sample, EmitTarget.Tessera, kernels: false);

    [SkippableTheory]
    [MemberData(nameof(FusedSamples))]
    public void Sample_runs_on_the_kernels_as_in_the_reference(SampleCase sample) => Compare(sample, EmitTarget.Tessera, kernels: true);

    private static void Compare(SampleCase which, EmitTarget target, bool kernels)
    {
        OpSample sample = which.Sample;
        Skip.IfNot(sample.NoRuntime is null, sample.NoRuntime);
        foreach (int opset in new[] { EmitOptions.MinCompleteOpset, EmitOptions.DefaultOpset })
        {
            if (HasForm(which, new EmitOptions { Target = target, Opset = opset }))
            {
                Compare(sample, target, opset, kernels);
            }
        }
    }

    private static void Compare(OpSample sample, EmitTarget target, int opset, bool kernels)
    {
        Graph graph = SampleInputs.Graph(sample);
        EmittedModel model = OnnxEmitter.Emit(graph, new EmitOptions { Target = target, UnboundAsInputs = true, Opset = opset });
        using OrtRun run = Open(model, kernels);
        foreach (IReadOnlyDictionary<string, long> sizes in sample.Sizes)
        {
            Dictionary<string, RefValue> inputs = new(SampleInputs.For(sample, graph, sizes));
            foreach ((string path, RefValue weight) in SampleInputs.Weights(sample, graph, sizes))
            {
                inputs.Add(path, weight);
            }

            IReadOnlyList<RefValue> expected = SampleInputs.Evaluate(sample, graph, sizes);
            IReadOnlyList<RefValue> actual = run.Run(inputs);
            for (int i = 0; i < expected.Count; i++)
            {
                NearAssert.Near(expected[i], actual[i]);
            }
        }
    }

    // ONNX Runtime lacks kernels of many ops for rarer element types; those for f32 and i64 must be there.
    private static OrtRun Open(EmittedModel model, bool kernels)
    {
        try
        {
            return new OrtRun(model.ToBytes(), kernels);
        }
        catch (OnnxRuntimeException error) when (error.Message.Contains("Could not find an implementation", StringComparison.Ordinal))
        {
            bool rare = model.Graph.PostOrder().SelectMany(static op => op.Outputs).Select(static v => v.Type).OfType<TensorType>()
                .Any(static t => t.DType is not (DType.F32 or DType.I64 or DType.I32));
            Skip.If(rare, error.Message);
            throw;
        }
    }

    // Old opsets lack some ops, or some of their types, that nothing simpler stands for.
    private static bool HasForm(SampleCase sample, EmitOptions options)
    {
        try
        {
            return OnnxEmitter.Prepare(sample.Graph(), options) is not null;
        }
        catch (TesseraException error) when (error.Code == "TSR0440" && options.Opset < Math.Max(EmitOptions.DefaultOpset, Oldest(sample.Op)))
        {
            return false;
        }
    }

    // Some ops are younger than what is written where nothing else is asked for.
    private static int Oldest(string op) => OpRegistry.Find(op)!.Onnx?.Rows is [_, ..] rows ? rows.Min(static r => r.Since) : 0;

    // Ops that only ONNX Runtime has: passes choose them for that target alone.
    private static bool NeedsOrt(SampleCase sample) => OpRegistry.Find(sample.Op)!.Onnx?.Rows is [_, ..] rows && rows.All(static r => r.Domain == "com.microsoft");

    private static bool IsFused(SampleCase sample) => sample.Graph().PostOrder()
        .Any(static op => op.Schema.Onnx?.Rows.Any(static r => r.Domain == Ir.Onnx.OnnxMapping.TesseraDomain) == true);

    private static IEnumerable<EmitOptions> Variants(bool ort) =>
        from opset in s_opsets
        from target in ort ? [EmitTarget.Ort] : new[] { EmitTarget.Portable, EmitTarget.Tessera }
        select new EmitOptions { Opset = opset, Target = target };

    // Weights become bound, as reading gives them; zeros will do.
    private static EmittedModel Emit(SampleCase sample, EmitOptions options)
    {
        Graph graph = sample.Graph();
        Dictionary<string, WeightSource> weights = graph.PostOrder().OfType<Ir.Ops.Parameter>().ToDictionary(
            static p => p.Path,
            static p => (WeightSource)new GeneratedWeights(p.Outputs[0].Tensor).Source);
        return OnnxEmitter.Emit(graph with { Weights = weights }, options);
    }

    // Sizes known only at run time are named after values of the builder they were made in: numbered anew, by occurrence.
    private static string Normal(Graph graph)
    {
        Dictionary<string, string> names = [];
        return FreshSymbol().Replace(Printer.Print(graph), m =>
        {
            if (!names.TryGetValue(m.Value, out string? name))
            {
                names.Add(m.Value, name = string.Create(CultureInfo.InvariantCulture, $"fresh_{names.Count}"));
            }

            return name;
        });
    }

    [GeneratedRegex(@"\b[a-z][a-z_0-9]*_\d+_\d+_\d+\b")]
    private static partial Regex FreshSymbol();

    private sealed record GeneratedWeights(TensorType Type)
    {
        public MemoryWeightSource Source
        {
            get
            {
                long[] dims = [.. Type.Shape!.Select(static d => d.ConstValue!.Value)];
                return new MemoryWeightSource(Type.DType, dims, new byte[Type.DType.ByteCount(dims.Aggregate(1L, static (a, b) => a * b))]);
            }
        }
    }
}
