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

/// <summary>Attention is found in models as exporters write them, and gives in ONNX Runtime what the original gives.</summary>
public class AttentionExportTests
{
    private static readonly Dictionary<string, long> s_sizes = new() { ["batch"] = 2, ["seq"] = 5, ["source"] = 3, ["past"] = 4 };

    public static TheoryData<string> Names => [.. AttentionModels.All.Select(static m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Attention_is_found_and_agrees(string name)
    {
        ModelProto model = AttentionModels.All.Single(m => m.Name == name).Model().ToModel();
        Graph graph = OnnxReader.Read(model);
        PassContext context = new(new PassOptions { RecordRewrites = true, Verify = true });
        Graph optimized = Pipelines.OneExample.Run(graph, context);
        Assert.True(
            optimized.PostOrder().OfType<Attention>().Count() == 1,
            string.Join('\n', context.Rejections.Where(static r => r.Rule == "fuse-attention")) + "\n" + Ir.Text.Printer.Print(optimized));
        Assert.DoesNotContain(optimized.PostOrder(), static op => op is Softmax or Einsum or DynamicOp);
        Assert.All(SiteReplay.VerifyRewrites(graph, context.Rewrites, ReplayOptions.Default), static r => Assert.True(r.Difference is null, r.ToString()));

        Dictionary<string, RefValue> inputs = GraphInputs.Generate(graph, s_sizes, seed: 7, ValueKind.Plain);
        IReadOnlyList<RefValue> expected = Run(model.ToByteArray(), inputs);
        foreach (EmitTarget target in (EmitTarget[])[EmitTarget.Ort, EmitTarget.Portable])
        {
            foreach (int opset in (int[])[17, 23])
            {
                Graph lowered = target == EmitTarget.Ort ? Pipelines.ForOrtAt(opset).Run(optimized, new PassContext()) : optimized;
                byte[] emitted = OnnxEmitter.Emit(lowered, new EmitOptions { Target = target, Opset = opset }).ToBytes();
                Comparison comparison = Comparison.Of(expected, Run(emitted, inputs), static _ => 1e-5);
                Assert.True(comparison.Difference is null, $"{target}, opset {opset}: {comparison.Difference}");
            }
        }
    }

    private static IReadOnlyList<RefValue> Run(byte[] model, IReadOnlyDictionary<string, RefValue> inputs)
    {
        using OrtRun run = new(model);
        return run.Run(inputs);
    }
}
