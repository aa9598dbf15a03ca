using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Interop;

/// <summary>What ONNX Runtime knows of a node's input types while it loads a model.</summary>
internal readonly unsafe ref struct ShapeInference(nint context)
{
    private static long s_unknowns;

    /// <summary>The type and dims of an input, or null where they are not known.</summary>
    public PartialType? Input(int index)
    {
        nuint count;
        OrtApi.Check(OrtApi.ShapeInferGetInputCount(context, &count));
        nint info = 0;
        if ((nuint)index >= count || !Succeeds(OrtApi.ShapeInferGetInputTypeShape(context, (nuint)index, &info)) || info == 0)
            return null;
        int type;
        nuint rank;
        OrtApi.Check(OrtApi.GetTensorElementType(info, &type));
        OrtApi.Check(OrtApi.GetDimensionsCount(info, &rank));
        long[] dims = new long[rank];
        nint[] symbols = new nint[rank];
        fixed (long* d = dims)
            OrtApi.Check(OrtApi.GetDimensions(info, d, rank));
        fixed (nint* s = symbols)
            OrtApi.Check(OrtApi.GetSymbolicDimensions(info, (byte**)s, rank));
        PartialDim[] result = new PartialDim[rank];
        for (int i = 0; i < result.Length; i++)
            result[i] = new(dims[i], Marshal.PtrToStringUTF8(symbols[i]) ?? "");
        return new((TensorElementType)type, result);
    }

    /// <summary>An attribute of the node, or what it is where the node leaves it out.</summary>
    public long Int(string name, long fallback)
    {
        const int IntAttribute = 1;
        long value;
        nuint size;
        nint attribute = Attribute(name);
        return attribute != 0 && Succeeds(OrtApi.ReadOpAttribute(attribute, IntAttribute, &value, sizeof(long), &size)) ? value : fallback;
    }

    /// <inheritdoc cref="Int"/>
    public string String(string name, string fallback)
    {
        const int StringAttribute = 5, MaxBytes = 64;
        byte* text = stackalloc byte[MaxBytes];
        nuint size;
        nint attribute = Attribute(name);
        return attribute != 0 && Succeeds(OrtApi.ReadOpAttribute(attribute, StringAttribute, text, MaxBytes, &size))
            ? Encoding.UTF8.GetString(text, (int)size).TrimEnd((char)0)
            : fallback;
    }

    /// <summary>States the type and dims of an output; a dim that is unknown gets a symbol that nothing else has.</summary>
    public void Output(int index, TensorElementType type, params ReadOnlySpan<PartialDim> dims)
    {
        nint info;
        OrtApi.Check(OrtApi.CreateTensorTypeAndShapeInfo(&info));
        nint* names = stackalloc nint[dims.Length + 1];
        long* sizes = stackalloc long[dims.Length + 1];
        for (int i = 0; i < dims.Length; i++)
        {
            sizes[i] = dims[i].Size;
            names[i] = Marshal.StringToCoTaskMemUTF8(Name(dims[i]));
        }

        OrtApi.Check(OrtApi.SetTensorElementType(info, (int)type));
        OrtApi.Check(OrtApi.SetDimensions(info, sizes, (nuint)dims.Length));
        OrtApi.Check(OrtApi.SetSymbolicDimensions(info, (byte**)names, (nuint)dims.Length));
        OrtApi.Check(OrtApi.ShapeInferSetOutputTypeShape(context, (nuint)index, info));
        OrtApi.ReleaseTensorTypeAndShapeInfo(info);
        for (int i = 0; i < dims.Length; i++)
            Marshal.FreeCoTaskMem(names[i]);
    }

    // ONNX Runtime would take −1 without a symbol for a size: all such values of one size, which then share memory.
    private static string Name(PartialDim dim) => dim is { Size: < 0, Symbol: "" }
        ? string.Create(CultureInfo.InvariantCulture, $"ai.tessera.unknown_{Interlocked.Increment(ref s_unknowns)}")
        : dim.Symbol;

    private nint Attribute(string name)
    {
        nint key = Marshal.StringToCoTaskMemUTF8(name), attribute = 0;
        bool found = Succeeds(OrtApi.ShapeInferGetAttribute(context, (byte*)key, &attribute));
        Marshal.FreeCoTaskMem(key);
        return found ? attribute : 0;
    }

    private static bool Succeeds(nint status)
    {
        if (status != 0)
            OrtApi.ReleaseStatus(status);
        return status == 0;
    }
}
