using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Kernels;
using Tessera.Kernels.Interop;
using Tessera.Onnx.Proto;

namespace Tessera.Compiler.Verify;

/// <summary>A model in ONNX Runtime by its C API, for element types that the managed interface does not know: floats of 8 and 4 bits, integers of 4 and 2.</summary>
internal sealed class NativeOrtRun : IDisposable
{
    private readonly NativeSession _session;

    /// <exception cref="TesseraException">TSR0952: ONNX Runtime refuses the model.</exception>
    public NativeOrtRun(byte[] model, SessionOptions options) => _session = Refused(() => new NativeSession(model, options));

    public IReadOnlyList<string> Inputs => _session.Inputs;

    public IReadOnlyList<string> Outputs => _session.Outputs;

    /// <summary>Whether an input or output of the model has an element type that the managed interface does not know.</summary>
    public static bool IsNeeded(byte[] model)
    {
        GraphProto? graph = ModelProto.Parser.ParseFrom(model).Graph;
        return graph is not null && graph.Input.Concat(graph.Output).Any(static v => v.Type?.TensorType is { ElemType: >= (int)DType.F8E4M3FN });
    }

    /// <summary>Results in the model's order.</summary>
    /// <exception cref="TesseraException">TSR0952: ONNX Runtime refuses the inputs.</exception>
    public IReadOnlyList<RefValue> Run(IReadOnlyDictionary<string, RefValue> inputs)
    {
        (string Name, NativeTensor Value)[] given = [.. Inputs.Where(inputs.ContainsKey).Select(name => (name, ToNative(inputs[name])))];
        return [.. Refused(() => _session.Run(given)).Select(FromNative)];
    }

    public void Dispose() => _session.Dispose();

    private static T Refused<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (TesseraKernelException error)
        {
            throw new TesseraException("TSR0952", "", error.Message, inner: error);
        }
    }

    private static NativeTensor ToNative(RefValue value) => value is RefTensor { DType: not DType.String } tensor
        ? new NativeTensor(NumberOf(tensor.DType), tensor.Dims, RefTensors.ToBytes(tensor))
        : throw new TesseraException("TSR0950", "", $"{value} cannot be given to ONNX Runtime beside small element types.");

    private static RefTensor FromNative(NativeTensor tensor) => Enum.GetValues<DType>().FirstOrDefault(t => NumberOf(t) == tensor.ElementType) is var dtype && dtype is not (DType.Undefined or DType.String)
        ? RefTensors.FromBytes(dtype, tensor.Dims, tensor.Data)
        : throw new TesseraException("TSR0950", "", $"a result of the C API's element type {tensor.ElementType} is not read.");

    // ONNXTensorElementDataType numbers the types as ONNX does but for the youngest.
    private static int NumberOf(DType dtype) => dtype switch
    {
        DType.U2 => 24,
        DType.I2 => 25,
        DType.F8E8M0 => 26,
        _ => (int)dtype,
    };
}
