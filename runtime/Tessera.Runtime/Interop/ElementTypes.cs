using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>ONNX Runtime's element types beside C#'s and beside their names in messages.</summary>
internal static class ElementTypes
{
    /// <summary>The name as the compiler's text form has it: <c>f32</c>, <c>i64</c>, <c>bool</c>.</summary>
    public static string NameOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => "f32",
        TensorElementType.Double => "f64",
        TensorElementType.Float16 => "f16",
        TensorElementType.BFloat16 => "bf16",
        TensorElementType.Int8 => "i8",
        TensorElementType.Int16 => "i16",
        TensorElementType.Int32 => "i32",
        TensorElementType.Int64 => "i64",
        TensorElementType.UInt8 => "u8",
        TensorElementType.UInt16 => "u16",
        TensorElementType.UInt32 => "u32",
        TensorElementType.UInt64 => "u64",
        TensorElementType.Bool => "bool",
        TensorElementType.String => "string",
        TensorElementType.Complex64 => "c64",
        TensorElementType.Complex128 => "c128",
        _ => $"type {(int)type}",
    };

    /// <summary>The element type that <typeparamref name="T"/> stands for on its own.</summary>
    public static bool TryOf<T>(out TensorElementType type)
    {
        type = typeof(T) switch
        {
            var t when t == typeof(float) => TensorElementType.Float,
            var t when t == typeof(double) => TensorElementType.Double,
            var t when t == typeof(Half) || t == typeof(Float16) => TensorElementType.Float16,
            var t when t == typeof(BFloat16) => TensorElementType.BFloat16,
            var t when t == typeof(sbyte) => TensorElementType.Int8,
            var t when t == typeof(short) => TensorElementType.Int16,
            var t when t == typeof(int) => TensorElementType.Int32,
            var t when t == typeof(long) => TensorElementType.Int64,
            var t when t == typeof(byte) => TensorElementType.UInt8,
            var t when t == typeof(ushort) => TensorElementType.UInt16,
            var t when t == typeof(uint) => TensorElementType.UInt32,
            var t when t == typeof(ulong) => TensorElementType.UInt64,
            var t when t == typeof(bool) => TensorElementType.Bool,
            _ => default,
        };
        return type != default;
    }

    /// <summary>
    /// Whether data of type <paramref name="given"/> may stand where <paramref name="declared"/> is wanted:
    /// the same type, or raw 16-bit words for f16 and bf16.
    /// </summary>
    public static bool Fits(TensorElementType given, TensorElementType declared)
        => given == declared
        || (given == TensorElementType.UInt16 && declared is TensorElementType.Float16 or TensorElementType.BFloat16);

    /// <summary>The C# types that hold a type, for hints.</summary>
    public static string HolderOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => "float",
        TensorElementType.Double => "double",
        TensorElementType.Float16 => "Half, Float16 or ushort",
        TensorElementType.BFloat16 => "BFloat16 or ushort",
        TensorElementType.Int8 => "sbyte",
        TensorElementType.Int16 => "short",
        TensorElementType.Int32 => "int",
        TensorElementType.Int64 => "long",
        TensorElementType.UInt8 => "byte",
        TensorElementType.UInt16 => "ushort",
        TensorElementType.UInt32 => "uint",
        TensorElementType.UInt64 => "ulong",
        TensorElementType.Bool => "bool",
        TensorElementType.String => "string",
        _ => "a type that the runtime does not hold",
    };
}
