using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Conformance;

/// <summary>What a node test stores, against what a step computes; a step's failure is a reason and ends nothing.</summary>
internal static class StoredOutputs
{
    /// <summary>What the tests of ONNX allow between implementations, relative to the largest element.</summary>
    private static double Tolerance(DType dtype) => dtype switch
    {
        DType.F64 or DType.F32 => 1e-3,
        DType.F16 or DType.BF16 => 2e-2,
        _ => 0.1,
    };

    /// <summary>Options that write a model at the opset of the test's own, or the nearest that is written.</summary>
    public static EmitOptions Options(NodeTest test, EmitTarget target) => new()
    {
        Target = target,
        Opset = (int)Math.Clamp(
            test.Model.OpsetImport.FirstOrDefault(static o => o.Domain is "" or "ai.onnx")?.Version ?? EmitOptions.DefaultOpset,
            EmitOptions.MinCompleteOpset,
            EmitOptions.MaxOpset),
    };

    /// <summary>ONNX Runtime's results for a model on one set of inputs.</summary>
    /// <param name="watch">Is told what is being run.</param>
    /// <param name="what">What it is: test and stage.</param>
    /// <param name="model">The model.</param>
    /// <param name="set">The inputs.</param>
    public static IReadOnlyList<RefValue> Ort(RunWatch watch, string what, byte[] model, NodeTestSet set) => watch.Run($"{what}, {set.Name}", () =>
    {
        using OrtRun run = new(model);
        return run.Run(set.Inputs);
    });

    /// <exception cref="TesseraException">TSR0951: an output differs from the stored one.</exception>
    public static void Compare(NodeTestSet[] data, Func<NodeTestSet, IReadOnlyList<RefValue>> run)
    {
        foreach (NodeTestSet set in data)
        {
            if (Comparison.Of(Present(set.Outputs), Present(run(set)), Tolerance).Difference is { } difference)
            {
                throw new TesseraException("TSR0951", set.Name, difference);
            }
        }
    }

    // ONNX Runtime gives the value of an optional one that is there.
    private static IReadOnlyList<RefValue> Present(IReadOnlyList<RefValue> values) => [.. values.Select(static v => v is RefOptional { Item: { } item } ? item : v)];

    /// <summary>Why a step fails; null where it does not. A test must not end the run: whatever it throws is its result.</summary>
    public static string? Reason(Action step)
    {
        try
        {
            step();
            return null;
        }
        catch (Exception error) when (error is TesseraException or OnnxRuntimeException or InvalidOperationException or ArgumentException or ArithmeticException
            or IndexOutOfRangeException or NotSupportedException or InvalidCastException or NullReferenceException or KeyNotFoundException
            or InvalidProtocolBufferException or IOException)
        {
            return $"{(error is TesseraException ? "" : error.GetType().Name + ": ")}{error.Message.ReplaceLineEndings(" ")}";
        }
    }
}
