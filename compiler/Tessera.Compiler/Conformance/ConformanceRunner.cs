using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Passes;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Conformance;

/// <summary>Takes node tests through import, evaluation, emission and optimisation.</summary>
public static class ConformanceRunner
{
    /// <summary>What the tests of ONNX allow between implementations, relative to the largest element.</summary>
    private static double Tolerance(DType dtype) => dtype switch
    {
        DType.F64 or DType.F32 => 1e-3,
        DType.F16 or DType.BF16 => 2e-2,
        _ => 0.1,
    };

    public static ConformanceResult Run(NodeTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        SortedDictionary<ConformanceStage, string> failures = [];
        NodeTestSet[] data = [];
        if (Reason(() => data = [.. test.Data()]) is { } unread)
        {
            return new ConformanceResult(test.Name, Enum.GetValues<ConformanceStage>().ToDictionary(static s => s, _ => unread), unread);
        }

        ReadNotes notes = new();
        Graph? graph = null;
        Check(ConformanceStage.Imported, () => graph = OnnxReader.Read(test.Model, notes: notes));
        string? runtime = Reason(() => Compare(data, set => Ort(test.Bytes, set)));
        if (graph is null)
        {
            foreach (ConformanceStage stage in Enum.GetValues<ConformanceStage>())
            {
                failures.TryAdd(stage, "it is not imported");
            }

            return new ConformanceResult(test.Name, failures, runtime);
        }

        if (notes.Carried.FirstOrDefault(static c => c.Op.StartsWith("ai.onnx:", StringComparison.Ordinal)) is { } carried)
        {
            failures.Add(ConformanceStage.Typed, $"{carried.Op}: {carried.Reason}");
        }

        Check(ConformanceStage.Evaluated, () => Compare(data, set => Evaluator.Run(graph, set.Inputs, rounds: true)));
        EmitOptions options = Options(test);
        Check(ConformanceStage.Reemitted, () => Compare(data, set => Ort(OnnxEmitter.Emit(graph, options).ToBytes(), set)));
        Check(ConformanceStage.Optimised, () => Compare(data, set => Ort(Optimised(graph, options), set)));
        return new ConformanceResult(test.Name, failures, runtime);

        void Check(ConformanceStage stage, Action step)
        {
            if (Reason(step) is { } reason)
            {
                failures.Add(stage, reason);
            }
        }
    }

    private static EmitOptions Options(NodeTest test) => new()
    {
        Target = EmitTarget.Portable,
        Opset = (int)Math.Clamp(
            test.Model.OpsetImport.FirstOrDefault(static o => o.Domain is "" or "ai.onnx")?.Version ?? EmitOptions.DefaultOpset,
            EmitOptions.MinCompleteOpset,
            EmitOptions.MaxOpset),
    };

    private static byte[] Optimised(Graph graph, EmitOptions options)
    {
        PassContext context = new();
        return OnnxEmitter.Emit(Pipelines.Batched.Run(Pipelines.OneExample.Run(graph, context), context), options).ToBytes();
    }

    private static IReadOnlyList<RefValue> Ort(byte[] model, NodeTestSet set)
    {
        using OrtRun run = new(model);
        return run.Run(set.Inputs);
    }

    private static void Compare(NodeTestSet[] data, Func<NodeTestSet, IReadOnlyList<RefValue>> run)
    {
        foreach (NodeTestSet set in data)
        {
            if (Comparison.Of(set.Outputs, run(set), Tolerance).Difference is { } difference)
            {
                throw new TesseraException("TSR0951", set.Name, difference);
            }
        }
    }

    // A test must not end the run: whatever it throws is its result.
    private static string? Reason(Action step)
    {
        try
        {
            step();
            return null;
        }
        catch (Exception error) when (error is TesseraException or OnnxRuntimeException or InvalidOperationException or ArgumentException or ArithmeticException
            or IndexOutOfRangeException or NotSupportedException or InvalidCastException or NullReferenceException or KeyNotFoundException)
        {
            return $"{(error is TesseraException ? "" : error.GetType().Name + ": ")}{error.Message.ReplaceLineEndings(" ")}";
        }
    }
}
