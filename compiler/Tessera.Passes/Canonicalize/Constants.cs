using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>Questions about constant operands that laws ask.</summary>
internal static class Constants
{
    internal const long MostElements = 1 << 16;

    /// <summary>The single number that every element of a constant is; false for empty and large ones.</summary>
    public static bool IsSplat(Value value, out double number)
    {
        number = 0;
        if (value.Op is not Constant { Value: { Count: > 0 and <= MostElements } content } || !HasNumbers(content.DType))
        {
            return false;
        }

        RefTensor tensor = RefTensors.FromContent(content);
        number = tensor.Number(0);
        for (int i = 1; i < tensor.Count; i++)
        {
            if (BitConverter.DoubleToInt64Bits(tensor.Number(i)) != BitConverter.DoubleToInt64Bits(number))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether every element is the given number, −0 and 0 told apart.</summary>
    public static bool IsAll(Value value, double number) =>
        IsSplat(value, out double splat) && BitConverter.DoubleToInt64Bits(splat) == BitConverter.DoubleToInt64Bits(number);

    private static bool HasNumbers(DType dtype) =>
        dtype is DType.F32 or DType.F64 or DType.F16 or DType.BF16 || (dtype.IsInteger() && dtype.Bits() >= 8);
}
