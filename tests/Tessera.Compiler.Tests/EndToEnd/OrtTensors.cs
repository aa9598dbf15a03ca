using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Runtime;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>Reference tensors as inputs of ONNX Runtime, and its outputs as doubles.</summary>
internal static class OrtTensors
{
    public static TensorInput Input(string name, RefTensor tensor) => tensor.DType switch
    {
        DType.F32 => TensorInput.From(name, Array.ConvertAll(tensor.F, static x => (float)x), tensor.Dims),
        DType.F16 => TensorInput.From(name, Array.ConvertAll(tensor.F, static x => (Half)x), tensor.Dims),
        DType.I64 => TensorInput.From(name, tensor.I, tensor.Dims),
        DType.I32 => TensorInput.From(name, Array.ConvertAll(tensor.I, static x => (int)x), tensor.Dims),
        _ => throw new ArgumentException($"{name}: {tensor} is no input of these tests.", nameof(tensor)),
    };

    public static RefTensor Read(TensorOutput output, DType dtype) => RefTensor.Floats(dtype, output.Dims.ToArray(), dtype switch
    {
        DType.F32 => Array.ConvertAll(output.ToArray<float>(), static x => (double)x),
        DType.F16 => Array.ConvertAll(output.ToArray<Half>(), static x => (double)x),
        _ => throw new ArgumentException($"{output} is no output of these tests.", nameof(output)),
    });
}
