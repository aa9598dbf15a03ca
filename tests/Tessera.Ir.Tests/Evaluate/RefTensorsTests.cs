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
}
