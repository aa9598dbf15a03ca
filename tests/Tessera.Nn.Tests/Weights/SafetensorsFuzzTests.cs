using System.Text;
using CsCheck;
using Tessera.Ir;
using Tessera.Nn.Weights;
using Xunit;

namespace Tessera.Nn.Tests.Weights;

/// <summary>Whatever a file holds, opening it gives weights that can be read, or an error that says why not.</summary>
public sealed class SafetensorsFuzzTests : IDisposable
{
    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "TSR0632", "not valid JSON")]
    [InlineData("{", "TSR0632", "JSON")]
    [InlineData("[]", "TSR0632", "must be an object")]
    [InlineData("{}{}", "TSR0632", "")]
    [InlineData("nonsense", "TSR0632", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],}}""", "TSR0632", "JSON")]
    [InlineData("""{"a":1}""", "TSR0632", "'a'")]
    [InlineData("""{"a":{}}""", "TSR0632", "no dtype, no shape and 0 offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "TSR0632", "0 offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "TSR0632", "1 offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", "TSR0632", "3 offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "TSR0632", "the shape of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "TSR0632", "the shape of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", "TSR0632", "the shape of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", "TSR0632", "the shape of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "TSR0632", "the offsets of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":["0",8]}}""", "TSR0632", "the offsets of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", "TSR0632", "'more'")]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", "TSR0632", "the dtype of tensor 'a'")]
    [InlineData("""{"__metadata__":{"k":1}}""", "TSR0632", "'__metadata__' entry 'k'")]
    [InlineData("""{"__metadata__":"k"}""", "TSR0632", "'__metadata__'")]
    [InlineData("""{"a\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "TSR0632", "JSON")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", "TSR0633", "'k' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "TSR0633", "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "TSR0633", "'a' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"shape":[2]}}""", "TSR0633", "'shape' twice")]
    [InlineData("""{"a":{"dtype":"F6_E2M3","shape":[2],"data_offsets":[0,8]}}""", "TSR0634", "'F6_E2M3'")]
    [InlineData("""{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", "TSR0634", "'f32'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "TSR0635", "f32[3], 12 bytes; its offsets span 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}""", "TSR0635", "4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "TSR0635", "[8, 0) of 11")]
    [InlineData("""{"a":{"dtype":"U8","shape":[12],"data_offsets":[0,12]}}""", "TSR0635", "[0, 12) of 11")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", "TSR0635", "64 bits")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}""", "TSR0635", "64 bits")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,11]}}""", "TSR0635", "64 bits")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}""", "TSR0635", "of 11")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[4],"data_offsets":[7,11]}}""", "TSR0636", "'b' starts at 7")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[2],"data_offsets":[9,11]}}""", "TSR0636", "from 8 to 9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "TSR0636", "from 8 to 11")]
    [InlineData("{}", "TSR0636", "from 0 to 11")]
    public void A_header_that_lies_is_refused_with_a_reason(string header, string code, string message)
    {
        var error = Refused(FileOf(header, new byte[11]));
        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("x.safetensors", error.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var whole = FileOf(Good, new byte[11]);
        for (var length = 0; length < whole.Length; length++)
            Assert.Contains(Refused(whole[..length]).Code, new[] { "TSR0631", "TSR0635", "TSR0636" });
        Assert.Equal("TSR0636", Refused([.. whole, 0]).Code);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(100_000_001UL)]
    [InlineData(1000UL)]
    [InlineData(119UL)]
    public void A_header_length_beyond_the_file_is_refused(ulong length)
    {
        var whole = FileOf(Good, new byte[11]);
        Assert.Equal(118, whole.Length - 8);
        BitConverter.TryWriteBytes(whole, length);
        Assert.Equal("TSR0631", Refused(whole).Code);
    }

    [Fact]
    public void A_header_length_that_is_too_small_is_refused()
    {
        var whole = FileOf(Good, new byte[11]);
        for (var length = 0L; length < Good.Length; length++)
        {
            BitConverter.TryWriteBytes(whole, length);
            Assert.Equal("TSR0632", Refused(whole).Code);
        }
    }

    [Fact]
    public void Deeply_nested_and_undecodable_headers_are_refused()
    {
        Assert.Equal("TSR0632", Refused(FileOf(new string('[', 100_000), [])).Code);
        Assert.Equal("TSR0632", Refused(FileOf("{\"a\":" + new string('{', 100_000), [])).Code);
        Assert.Equal("TSR0632", Refused([3, 0, 0, 0, 0, 0, 0, 0, (byte)'"', 0xFF, (byte)'"']).Code);
    }

    [Fact]
    public void A_file_that_is_not_there_or_is_a_folder_is_refused()
    {
        Assert.Equal("TSR0430", Assert.Throws<TesseraException>(() => SafetensorsFile.Open(_folder.File("none"))).Code);
        Assert.Equal("TSR0430", Assert.Throws<TesseraException>(() => SafetensorsFile.Open(_folder.File("."))).Code);
    }

    [Fact]
    public void Random_damage_never_crashes() =>
        (from at in Gen.Int[0, Good.Length + 18]
         from value in Gen.Byte
         from second in Gen.Int[0, Good.Length + 18]
         from other in Gen.Byte
         select (at, value, second, other)).Sample(
            t =>
            {
                var bytes = FileOf(Good, new byte[11]);
                (bytes[t.at], bytes[t.second]) = (t.value, t.other);
                try
                {
                    using var file = SafetensorsFile.Open(_folder.Write($"{Environment.CurrentManagedThreadId}", bytes));
                    Assert.True(file.Weights.Values.Sum(static w => w.ToArray().Length) == 11);
                }
                catch (TesseraException error)
                {
                    Assert.StartsWith("TSR063", error.Code, StringComparison.Ordinal);
                }
            },
            seed: "0N0XIzNsQ0O2",
            iter: 1000,
            threads: 1);

    private TesseraException Refused(byte[] bytes) =>
        Assert.Throws<TesseraException>(() => SafetensorsFile.Open(_folder.Write("x.safetensors", bytes)));

    private static byte[] FileOf(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. data];
    }
}
