using Tessera.Ir;
using Tessera.Passes.Lowering;
using Xunit;

namespace Tessera.Passes.Tests;

public class RuntimeKernelTests
{
    [Theory]
    [InlineData("MultiHeadAttention", DType.F32, Provider.Cpu, "1.31", null)]
    [InlineData("MultiHeadAttention", DType.F16, Provider.Cuda, "1.31", null)]
    [InlineData("MultiHeadAttention", DType.F16, Provider.Cpu, "1.31", "takes f32, not f16")]
    [InlineData("MultiHeadAttention", DType.F32, Provider.Cpu, "1.13", "since 1.14, not in 1.13")]
    [InlineData("Unheard", DType.F32, Provider.Cpu, "1.31", "has no Unheard on Cpu")]
    public void An_op_is_written_where_the_runtime_has_it(string op, DType dtype, Provider provider, string release, string? reason)
    {
        string? refusal = RuntimeKernels.Refusal(op, dtype, provider, Version.Parse(release));
        Assert.Equal(reason is null, refusal is null);
        Assert.Contains(reason ?? "", refusal ?? "", StringComparison.Ordinal);
    }
}
