using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Tests;

/// <summary>An input as raw bytes with its element type and shape.</summary>
internal sealed record RawTensor(string Name, TensorElementType Type, long[] Shape, byte[] Bytes)
{
    public static RawTensor Of<T>(string name, TensorElementType type, long[] shape, T[] values)
        where T : unmanaged => new(name, type, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}

/// <summary>Sessions with Tessera's ops registered.</summary>
internal static class OrtRunner
{
    public static InferenceSession Open(byte[] model, int threads, Action<SessionOptions>? register = null)
    {
        using SessionOptions options = new();
        options.IntraOpNumThreads = threads;
        (register ?? TesseraOps.Register)(options);
        return new(model, options);
    }

    /// <summary>Runs and returns the shape and bytes of the first output.</summary>
    public static (long[] Shape, byte[] Bytes) Run(InferenceSession session, params RawTensor[] inputs) => RunAll(session, inputs)[0];

    /// <summary>Runs and returns the shapes and bytes of all outputs.</summary>
    public static (long[] Shape, byte[] Bytes)[] RunAll(InferenceSession session, params RawTensor[] inputs)
    {
        List<OrtValue> values = [];
        try
        {
            foreach (RawTensor input in inputs)
            {
                OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.Type, input.Shape);
                values.Add(value);
                if (input.Bytes.Length > 0)
                    input.Bytes.CopyTo(value.GetTensorMutableRawData());
            }

            using RunOptions run = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                session.Run(run, [.. inputs.Select(x => x.Name)], values, session.OutputNames);
            return [.. outputs.Select(static o => (o.GetTensorTypeAndShape().Shape, o.GetTensorMutableRawData().ToArray()))];
        }
        finally
        {
            values.ForEach(v => v.Dispose());
        }
    }
}
