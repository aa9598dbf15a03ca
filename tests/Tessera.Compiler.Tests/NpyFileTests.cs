using System.Text;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Xunit;

namespace Tessera.Compiler.Tests;

public class NpyFileTests
{
    [Theory]
    [InlineData(DType.F32, new long[] { 2, 3 })]
    [InlineData(DType.F16, new long[] { 3 })]
    [InlineData(DType.F64, new long[0])]
    [InlineData(DType.I64, new long[] { 0, 4 })]
    [InlineData(DType.U8, new long[] { 1, 1, 2 })]
    [InlineData(DType.I32, new long[] { 5 })]
    [InlineData(DType.Bool, new long[] { 2 })]
    public void Written_arrays_read_back(DType dtype, long[] dims)
    {
        int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
        RefTensor tensor = dtype == DType.Bool ? RefTensor.Bools(dims, [.. Enumerable.Range(0, count).Select(static i => i % 2 == 1)])
            : dtype.IsFloat() ? RefTensor.Floats(dtype, dims, [.. Enumerable.Range(0, count).Select(static i => i - 1.5)])
            : RefTensor.Ints(dtype, dims, [.. Enumerable.Range(0, count).Select(static i => (long)i)]);
        byte[] file = NpyFile.Write(tensor);
        Assert.Equal(0, (file.Length - RefTensors.ToBytes(tensor).Length) % 64);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file);
            RefTensor read = NpyFile.Read(path);
            Assert.Equal(dims, read.Dims);
            Assert.Equal(dtype, read.DType);
            Assert.Equal(RefTensors.ToBytes(tensor), RefTensors.ToBytes(read));
        }
        finally
        {
            File.Delete(path);
        }
    }

    // As numpy.save writes np.arange(3, dtype=np.int16), byte for byte.
    [Fact]
    public void Header_of_NumPy_is_read()
    {
        byte[] file = ArrayFile("{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }", [0, 0, 1, 0, 2, 0]);
        Assert.Equal([0L, 1, 2], NpyFile.Parse(file, "x").I);
    }

    [Theory]
    [InlineData("{'descr': '<i2', 'fortran_order': True, 'shape': (3,), }", "column by column")]
    [InlineData("{'descr': '>i2', 'fortran_order': False, 'shape': (3,), }", "element type")]
    [InlineData("{'descr': '<U2', 'fortran_order': False, 'shape': (3,), }", "element type")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (4,), }", "6 bytes")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (4611686018427387904, 4611686018427387904, 9), }", "6 bytes")]
    [InlineData("{'descr': '<i2', 'fortran_order': False, 'shape': (-3,), }", "is no size")]
    [InlineData("{'descr': '<i2', 'fortran_order': False}", "no shape")]
    public void What_is_no_plain_array_is_refused(string header, string why)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => NpyFile.Parse(ArrayFile(header, [0, 0, 1, 0, 2, 0]), "x"));
        Assert.Equal("TSR0960", error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused()
    {
        byte[] file = ArrayFile("{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }", [0, 0, 1, 0, 2, 0]);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Equal("TSR0960", Assert.Throws<TesseraException>(() => NpyFile.Parse(file.AsSpan(0, length), "x")).Code);
        }
    }

    private static byte[] ArrayFile(string header, byte[] data)
    {
        byte[] text = Encoding.ASCII.GetBytes(header.PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. data];
    }
}
