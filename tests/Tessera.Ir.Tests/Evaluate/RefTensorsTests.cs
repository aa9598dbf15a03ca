using Tessera.Ir.Evaluate;
using Xunit;

namespace Tessera.Ir.Tests.Evaluate;

public class RefTensorsTests
{
    [Theory]
    [InlineData(DType.F64, "000000000000F87F")]
    [InlineData(DType.F32, "0000C07F")]
    [InlineData(DType.F16, "007E")]
    [InlineData(DType.BF16, "C07F")]
    public void Every_nan_is_stored_alike(DType dtype, string bytes)
    {
        double signed = BitConverter.UInt64BitsToDouble(0xFFF8_0000_0000_0001);
        double clear = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);
        Assert.Equal(bytes + bytes, Convert.ToHexString(RefTensors.ToBytes(RefTensor.Floats(dtype, [2], [signed, clear]))));
    }

    [Theory]
    [InlineData(DType.I8, "80", -128)]
    [InlineData(DType.U8, "80", 128)]
    [InlineData(DType.I16, "FEFF", -2)]
    [InlineData(DType.U16, "FEFF", 65534)]
    [InlineData(DType.I32, "FEFFFFFF", -2)]
    [InlineData(DType.U32, "FEFFFFFF", 4294967294)]
    [InlineData(DType.U64, "FEFFFFFFFFFFFFFF", -2)]
    public void Integers_keep_their_bits(DType dtype, string bytes, long value)
    {
        RefTensor read = RefTensors.FromBytes(dtype, [1], Convert.FromHexString(bytes));
        Assert.Equal([value], read.I);
        Assert.Equal(bytes, Convert.ToHexString(RefTensors.ToBytes(read)));
    }

    [Theory]
    [InlineData(DType.C64)]
    [InlineData(DType.C128)]
    public void Types_without_a_number_are_refused_by_name(DType dtype) =>
        Assert.Contains(dtype.Text(), Assert.Throws<TesseraException>(() => RefTensors.FromBytes(dtype, [1], new byte[16])).Message, StringComparison.Ordinal);

    /// <summary>Every code of a small type is its own number, back and forth; sub-byte elements share bytes, the first lowest.</summary>
    [Theory]
    [InlineData(DType.U4)]
    [InlineData(DType.I4)]
    [InlineData(DType.U2)]
    [InlineData(DType.I2)]
    [InlineData(DType.F4E2M1)]
    [InlineData(DType.F8E4M3FN)]
    [InlineData(DType.F8E4M3FNUZ)]
    [InlineData(DType.F8E5M2)]
    [InlineData(DType.F8E5M2FNUZ)]
    [InlineData(DType.F8E8M0)]
    public void Codes_of_small_types_are_kept(DType dtype)
    {
        int perByte = 8 / dtype.Bits();
        byte[] codes = [.. Enumerable.Range(0, 256).Select(static i => (byte)i)];
        RefTensor read = RefTensors.FromBytes(dtype, [256 * perByte], codes);
        byte[] written = RefTensors.ToBytes(read);
        RefTensor again = RefTensors.FromBytes(dtype, read.Dims, written);
        for (int i = 0; i < read.Count; i++)
        {
            Assert.Equal(read.Number(i), again.Number(i));
        }

        // A NaN has one code; all else is written as it was read.
        Assert.All(Enumerable.Range(0, 256).Where(i => !double.IsNaN(read.Number(i * perByte))), i => Assert.Equal(codes[i], written[i]));
    }

    [Theory]
    [InlineData(DType.F8E4M3FN, 448, 1e6)]
    [InlineData(DType.F8E4M3FNUZ, 240, 1e6)]
    [InlineData(DType.F8E5M2, 57344, 1e6)]
    [InlineData(DType.F8E5M2, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(DType.F8E4M3FN, 17, 17)]
    [InlineData(DType.F8E4M3FN, 16, 16.9)]
    [InlineData(DType.F8E4M3FN, 20, 19)]
    [InlineData(DType.F4E2M1, -6, -100)]
    [InlineData(DType.F4E2M1, 2, 2.5)]
    public void Small_floats_round_to_nearest_even_and_saturate(DType dtype, double expected, double value) =>
        Assert.Equal(RefTensors.Round(dtype, expected), RefTensors.Round(dtype, value));
}
