using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests.Analyzers;

public sealed class WeightNameAnalyzerTests
{
    [Fact]
    public async Task TSR1011_refuses_two_members_with_one_name() => Assert.Equal(
        ["TSR1011 at '_proj': 'Proj' and '_proj' have the same weight name 'proj'; rename one, or give it a [WeightName]"],
        await Analysis.Of("""
            [Module] public sealed partial class Head
            {
                public Linear Proj { get; } = new(1, 1);
                private readonly Linear _proj = new(1, 1);
            }
            """));

    [Fact]
    public async Task TSR1011_sees_inherited_members() => Assert.Equal(
        ["TSR1011 at 'Other': 'Proj' and 'Other' have the same weight name 'proj'; rename one, or give it a [WeightName]"],
        await Analysis.Of("""
            [Module] public abstract partial class Base { public Linear Proj { get; } = new(1, 1); }
            [Module] public sealed partial class Head : Base { [WeightName("proj")] public Linear Other { get; } = new(1, 1); }
            """));

    [Theory]
    [InlineData("")]
    [InlineData("mlp.")]
    [InlineData("fc 1")]
    public async Task TSR1012_refuses_what_is_no_path(string name) => Assert.Equal(
        [$"TSR1012 at 'Proj': [WeightName(\"{name}\")] on 'Proj' is no path segment; write names joined by dots, such as 'fc1' or 'mlp.0'"],
        await Analysis.Of($$"""[Module] public sealed partial class Head { [WeightName("{{name}}")] public Linear Proj { get; } = new(1, 1); }"""));

    [Fact]
    public async Task Distinct_and_dotted_names_are_fine() => Assert.Empty(await Analysis.Of("""
        [Module] public sealed partial class Head
        {
            [WeightName("mlp.0")] public Linear Proj { get; } = new(1, 1);
            [WeightName("mlp.2")] private readonly Linear _proj = new(1, 1);
        }
        """));
}
