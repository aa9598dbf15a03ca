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

/// <summary>Experts of few bits are found behind what quantisers write, and their matrices stay as narrow as they are.</summary>
public class NarrowExpertsTests
{
    private const double Exact = 2e-6;

    /// <summary>Where ONNX Runtime makes its own product of few bits of an original, it rounds what is multiplied to 8 bits as well.</summary>
    private const double RoundedInputs = 2e-2;

    public static TheoryData<string> Names => [.. NarrowExperts.All.Select(static m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Experts_are_found_narrow_and_agree(string name)
    {
        ModelProto model = NarrowExperts.All.Single(m => m.Name == name).Model().ToModel();
        Graph graph = OnnxReader.Read(model);
        PassContext context = new(new PassOptions { RecordRewrites = true, Verify = true });
        Graph optimized = Pipelines.OneExample.Run(graph, context);
        GroupedMlp experts = Assert.Single(optimized.PostOrder().OfType<GroupedMlp>());
        Assert.True(experts.Scaled && experts.Matrix(0, 0).Weight.DType.Bits() == (name.Contains("4 bits", StringComparison.Ordinal) ? 4 : 8));
        Assert.DoesNotContain(optimized.PostOrder(), static op => op is DequantizeLinear or TopK or Softmax or ScatterND or Opaque);
        Assert.All(SiteReplay.VerifyRewrites(graph, context.Rewrites, ReplayOptions.Default), static r => Assert.True(r.Difference is null, r.ToString()));

        using OrtRun original = new(model.ToByteArray());
        using OrtRun kernels = new(OnnxEmitter.Emit(optimized, new EmitOptions { Opset = 23 }).ToBytes(), kernels: true);
        using OrtRun portable = new(OnnxEmitter.Emit(optimized, new EmitOptions { Target = EmitTarget.Portable, Opset = 23 }).ToBytes());
        foreach (long tokens in (long[])[1, 7])
        {
            Dictionary<string, RefValue> inputs = GraphInputs.Generate(graph, new Dictionary<string, long> { ["tokens"] = tokens }, seed: 7, ValueKind.Plain);
            IReadOnlyList<RefValue> expected = Evaluator.Run(graph, inputs);
            AssertNear(expected, original.Run(inputs), RoundedInputs);
            AssertNear(expected, kernels.Run(inputs), Exact);
            AssertNear(expected, portable.Run(inputs), Exact);
        }
    }

    // Relative to the largest number.
    private static void AssertNear(IReadOnlyList<RefValue> expected, IReadOnlyList<RefValue> actual, double tolerance)
    {
        (double[] e, double[] a) = (((RefTensor)expected[0]).F, ((RefTensor)actual[0]).F);
        double error = e.Zip(a).Max(static p => Math.Abs(p.First - p.Second)) / e.Max(Math.Abs);
        Assert.True(e.Length == a.Length && error <= tolerance, $"error {error}");
    }
}
