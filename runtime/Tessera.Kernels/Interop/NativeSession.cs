using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Tessera.Kernels.Interop;

/// <summary>A tensor as the C API has it: the number of its element type there, its sizes and its packed bytes.</summary>
internal sealed record NativeTensor(int ElementType, long[] Dims, byte[] Data);

/// <summary>A session by the C API alone, for element types that the managed package refuses.</summary>
internal sealed unsafe class NativeSession : IDisposable
{
    private const int TensorValue = 1;

    private static readonly delegate* unmanaged<nint, void*, nuint, nint, nint*, nint> s_create = (delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)OrtApi.Function(8);
    private static readonly delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint> s_run = (delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)OrtApi.Function(9);
    private static readonly delegate* unmanaged<nint, nuint*, nint> s_inputCount = (delegate* unmanaged<nint, nuint*, nint>)OrtApi.Function(30);
    private static readonly delegate* unmanaged<nint, nuint*, nint> s_outputCount = (delegate* unmanaged<nint, nuint*, nint>)OrtApi.Function(31);
    private static readonly delegate* unmanaged<nint, nuint, nint, byte**, nint> s_inputName = (delegate* unmanaged<nint, nuint, nint, byte**, nint>)OrtApi.Function(36);
    private static readonly delegate* unmanaged<nint, nuint, nint, byte**, nint> s_outputName = (delegate* unmanaged<nint, nuint, nint, byte**, nint>)OrtApi.Function(37);
    private static readonly delegate* unmanaged<nint, long*, nuint, int, nint*, nint> s_createTensor = (delegate* unmanaged<nint, long*, nuint, int, nint*, nint>)OrtApi.Function(48);
    private static readonly delegate* unmanaged<nint, nint*, nint> s_typeAndShape = (delegate* unmanaged<nint, nint*, nint>)OrtApi.Function(65);
    private static readonly delegate* unmanaged<nint, int*, nint> s_valueType = (delegate* unmanaged<nint, int*, nint>)OrtApi.Function(67);
    private static readonly delegate* unmanaged<nint, void*, nint> s_free = (delegate* unmanaged<nint, void*, nint>)OrtApi.Function(76);
    private static readonly delegate* unmanaged<nint*, nint> s_allocator = (delegate* unmanaged<nint*, nint>)OrtApi.Function(78);
    private static readonly delegate* unmanaged<nint, void> s_releaseSession = (delegate* unmanaged<nint, void>)OrtApi.Function(95);
    private static readonly delegate* unmanaged<nint, void> s_releaseValue = (delegate* unmanaged<nint, void>)OrtApi.Function(96);
    private static readonly delegate* unmanaged<nint, nuint*, nint> s_sizeInBytes = (delegate* unmanaged<nint, nuint*, nint>)OrtApi.Function(318);

    private readonly nint _allocator;
    private nint _session;

    /// <exception cref="TesseraKernelException">ONNX Runtime refuses the model.</exception>
    public NativeSession(ReadOnlySpan<byte> model, SessionOptions options)
    {
        nint allocator;
        OrtApi.Check(s_allocator(&allocator));
        _allocator = allocator;
        nint session;
        fixed (byte* bytes = model)
        {
            OrtApi.Check(s_create(OrtEnv.Instance().DangerousGetHandle(), bytes, (nuint)model.Length, options.DangerousGetHandle(), &session));
        }

        _session = session;
        Inputs = Names(s_inputCount, s_inputName);
        Outputs = Names(s_outputCount, s_outputName);
    }

    public IReadOnlyList<string> Inputs { get; }

    public IReadOnlyList<string> Outputs { get; }

    /// <summary>All results in the model's order.</summary>
    /// <exception cref="TesseraKernelException">ONNX Runtime refuses the inputs, or a result is no tensor.</exception>
    public IReadOnlyList<NativeTensor> Run(IReadOnlyList<(string Name, NativeTensor Value)> inputs)
    {
        ObjectDisposedException.ThrowIf(_session == 0, this);
        nint[] given = new nint[inputs.Count];
        nint[] results = new nint[Outputs.Count];
        nint[] names = [.. inputs.Select(static i => i.Name).Concat(Outputs).Select(Marshal.StringToCoTaskMemUTF8)];
        try
        {
            for (int i = 0; i < given.Length; i++)
            {
                given[i] = Tensor(inputs[i].Value);
            }

            fixed (nint* pointers = names, values = given, outputs = results)
            {
                byte** texts = (byte**)pointers;
                OrtApi.Check(s_run(_session, 0, texts, values, (nuint)given.Length, texts + given.Length, (nuint)results.Length, outputs));
            }

            return [.. results.Select(Read)];
        }
        finally
        {
            Array.ForEach(names, Marshal.FreeCoTaskMem);
            foreach (nint value in given.Concat(results).Where(static v => v != 0))
            {
                s_releaseValue(value);
            }
        }
    }

    public void Dispose()
    {
        if (_session != 0)
        {
            s_releaseSession(_session);
            _session = 0;
        }
    }

    private string[] Names(delegate* unmanaged<nint, nuint*, nint> count, delegate* unmanaged<nint, nuint, nint, byte**, nint> name)
    {
        nuint length;
        OrtApi.Check(count(_session, &length));
        string[] names = new string[length];
        for (nuint i = 0; i < length; i++)
        {
            byte* text;
            OrtApi.Check(name(_session, i, _allocator, &text));
            names[i] = Marshal.PtrToStringUTF8((nint)text) ?? "";
            OrtApi.Check(s_free(_allocator, text));
        }

        return names;
    }

    private nint Tensor(NativeTensor tensor)
    {
        nint value;
        fixed (long* dims = tensor.Dims)
        {
            OrtApi.Check(s_createTensor(_allocator, dims, (nuint)tensor.Dims.Length, tensor.ElementType, &value));
        }

        tensor.Data.CopyTo(Bytes(value));
        return value;
    }

    private static Span<byte> Bytes(nint value)
    {
        nuint size;
        void* data;
        OrtApi.Check(s_sizeInBytes(value, &size));
        OrtApi.Check(OrtApi.GetTensorMutableData(value, &data));
        return new Span<byte>(data, checked((int)size));
    }

    private static NativeTensor Read(nint value)
    {
        int kind;
        OrtApi.Check(s_valueType(value, &kind));
        if (kind != TensorValue)
        {
            throw new TesseraKernelException($"TSR1300 ONNX Runtime refused a call: a result is of kind {kind}, and no tensor.");
        }

        nint info;
        OrtApi.Check(s_typeAndShape(value, &info));
        try
        {
            int type;
            nuint rank;
            OrtApi.Check(OrtApi.GetTensorElementType(info, &type));
            OrtApi.Check(OrtApi.GetDimensionsCount(info, &rank));
            long[] dims = new long[rank];
            fixed (long* sizes = dims)
            {
                OrtApi.Check(OrtApi.GetDimensions(info, sizes, rank));
            }

            return new NativeTensor(type, dims, Bytes(value).ToArray());
        }
        finally
        {
            OrtApi.ReleaseTensorTypeAndShapeInfo(info);
        }
    }
}
