using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Interop;

/// <summary>A dense tensor that ONNX Runtime owns, valid for one call of a kernel.</summary>
internal readonly unsafe ref struct TensorView(TensorElementType type, ReadOnlySpan<long> shape, void* data)
{
    public TensorElementType Type { get; } = type;

    public ReadOnlySpan<long> Shape { get; } = shape;

    public void* Data { get; } = data;

    public int Rank => Shape.Length;

    /// <summary>A view of an <c>OrtValue</c> that is a tensor.</summary>
    public static TensorView Of(nint value)
    {
        int type;
        long* dims;
        nuint rank;
        void* data;
        OrtApi.Check(OrtApi.GetTensorElementTypeAndShape(value, &type, &dims, &rank));
        OrtApi.Check(OrtApi.GetTensorMutableData(value, &data));
        return new((TensorElementType)type, new ReadOnlySpan<long>(dims, (int)rank), data);
    }

    public long Count
    {
        get
        {
            long count = 1;
            foreach (long d in Shape)
                count *= d;
            return count;
        }
    }

    public Span<T> Span<T>()
        where T : unmanaged => new(Data, checked((int)Count));

    /// <summary>The shape as errors print it: <c>[3, 4]</c>.</summary>
    public string ShapeText() => ShapeText(Shape);

    public static string ShapeText(ReadOnlySpan<long> shape)
    {
        DefaultInterpolatedStringHandler text = $"[";
        for (int i = 0; i < shape.Length; i++)
        {
            text.AppendLiteral(i == 0 ? "" : ", ");
            text.AppendFormatted(shape[i]);
        }

        text.AppendLiteral("]");
        return text.ToStringAndClear();
    }
}
