using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests.Analyzers;

public sealed class TensorConditionAnalyzerTests
{
    private const string Why =
        "is tensor data, which has no value while Forward is traced; select with Functional.Where, or branch on a constructor parameter";

    [Theory]
    [InlineData("if (x > 0) return y; return x;", "x > 0")]
    [InlineData("while (x) { } return x;", "x")]
    [InlineData("do { } while (x > 0); return x;", "x > 0")]
    [InlineData("for (; x < 1;) { } return x;", "x < 1")]
    [InlineData("return x > 0 ? x : y;", "x > 0")]
    [InlineData("bool b = (bool)(x > 0); return b ? x : y;", "x > 0")]
    [InlineData("return x is > 0 ? x : y;", "> 0")]
    public async Task TSR1004_refuses_control_flow_on_data(string body, string at) => Assert.Equal(
        [$"TSR1004 at '{at}': '{at}' {Why}"], await OfForward(body));

    [Fact]
    public async Task TSR1004_refuses_logic_on_data()
    {
        var said = await OfForward("return x && y ? x : y;");
        Assert.Contains($"TSR1004 at 'x': 'x' {Why}", said);
        Assert.Contains($"TSR1004 at 'y': 'y' {Why}", said);
    }

    [Fact]
    public async Task TSR1004_sees_conversions_outside_of_modules() => Assert.Equal(
        [$"TSR1004 at 'm': 'm' {Why}"], await Analysis.Of("public static class Use { public static bool Any(Tensor m) => (bool)m; }"));

    [Theory]
    [InlineData("return x == y ? x : y;", "x == y")]
    [InlineData("if (x != y) return x; return y;", "x != y")]
    public async Task TSR1005_warns_of_identity(string body, string at) => Assert.Equal(
        [$"TSR1005 at '{at}': '{at}' asks whether two variables hold the same graph value, not whether their data is equal; "
            + "use Functional.Equal, or ReferenceEquals if identity is meant"],
        await OfForward(body));

    [Theory]
    [InlineData("if (mask is null) return x; return mask;")]
    [InlineData("return mask == null ? x : mask;")]
    [InlineData("return mask != null && x.Rank > 2 ? x : y;")]
    [InlineData("return mask ?? x;")]
    [InlineData("return x switch { { Rank: 2 } => x, _ => y };")]
    [InlineData("return ReferenceEquals(x, y) ? x : y;")]
    [InlineData("for (var i = 0; i < x.Rank; i++) x += y; return x;")]
    [InlineData("var positive = x > 0; return positive;")]
    public async Task Branches_on_presence_and_shape_are_fine(string body) => Assert.Empty(await OfForward(body));

    private static Task<string[]> OfForward(string body) => Analysis.Of(
        $"[Module] public sealed partial class Head {{ public Tensor Forward(Tensor x, Tensor y, Tensor? mask = null) {{ {body} }} }}");
}
