using Google.Protobuf;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Passes;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Mixtures of experts are found in models as exporters write them, routing and all, and give in ONNX Runtime what the original gives.</summary>
public class ExpertExportTests
{
    private static readonly (long Tokens, Alike Alike)[] s_cases = [(0, Alike.None), (1, Alike.None), (7, Alike.None), (6, Alike.All), (5, Alike.Zero)];

    public static TheoryData<string> Names => [.. ExportedExperts.All.Select(static m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Experts_are_found_and_agree(string name)
    {
        ModelProto model = ExportedExperts.All.Single(m => m.Name == name).Model().ToModel();
        Graph graph = OnnxReader.Read(model);
        PassContext context = new(new PassOptions { RecordRewrites = true, Verify = true });
        Graph optimized = Pipelines.OneExample.Run(graph, context);
        Assert.True(
            optimized.PostOrder().OfType<GroupedMlp>().Count() == 1 && optimized.PostOrder().OfType<Route>().Count() == 1,
            string.Join('\n', context.Rejections.Where(static r => r.Rule.Contains("expert", StringComparison.Ordinal) || r.Rule == "fuse-route")) + "\n" + Ir.Text.Printer.Print(optimized));
        Assert.DoesNotContain(optimized.PostOrder(), static op => op is TopK or ArgMax or Softmax or Sigmoid or Loop or Scan or If or ScatterND);
        Assert.All(SiteReplay.VerifyRewrites(graph, context.Rewrites, ReplayOptions.Default), static r => Assert.True(r.Difference is null, r.ToString()));

        foreach ((long tokens, Alike alike) in s_cases.Where(c => c.Tokens > 0 || name != ExportedSortedExperts.NeverEmpty))
        {
            Dictionary<string, RefValue> inputs = Inputs(graph, tokens, alike);
            IReadOnlyList<RefValue> expected = Evaluator.Run(graph, inputs);
            foreach (EmitTarget target in (EmitTarget[])[EmitTarget.Tessera, EmitTarget.Portable])
            {
                using OrtRun run = new(OnnxEmitter.Emit(optimized, new EmitOptions { Target = target, Opset = 23 }).ToBytes());
                Comparison comparison = Comparison.Of(expected, run.Run(inputs), static _ => 1e-5);
                Assert.True(comparison.Difference is null, $"{target}, {tokens} tokens, alike {alike}: {comparison.Difference}");
            }
        }

        using OrtRun original = new(model.ToByteArray());
        Dictionary<string, RefValue> some = GraphInputs.Generate(graph, new Dictionary<string, long> { ["tokens"] = 5 }, seed: 8, ValueKind.Plain);
        Assert.Null(Comparison.Of(original.Run(some), Evaluator.Run(optimized, some), static _ => 1e-5).Difference);
    }

    // Tokens that are all the same go to the same experts and leave others without any; tokens of 0 have equal logits.
    private static Dictionary<string, RefValue> Inputs(Graph graph, long tokens, Alike alike)
    {
        Dictionary<string, RefValue> inputs = GraphInputs.Generate(graph, new Dictionary<string, long> { ["tokens"] = tokens }, seed: 7, ValueKind.Plain);
        foreach (RefTensor x in inputs.Values.OfType<RefTensor>().Where(static x => x.Rank == 2))
        {
            int size = (int)x.Dims[1];
            for (int i = 0; i < x.Count; i++)
            {
                x.F[i] = alike switch { Alike.None => x.F[i], Alike.All => x.F[i % size], _ => i / size % 2 == 0 ? 0 : x.F[i] };
            }
        }

        return inputs;
    }

    private enum Alike
    {
        None,
        All,
        Zero,
    }
}
