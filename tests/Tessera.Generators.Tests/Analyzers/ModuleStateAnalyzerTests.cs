using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests.Analyzers;

public sealed class ModuleStateAnalyzerTests
{
    [Theory]
    [InlineData("private Tensor? _cache;", "_cache")]
    [InlineData("public Tensor[] Cache { get; } = [];", "Cache")]
    [InlineData("public List<Tensor?> Cache { get; } = [];", "Cache")]
    [InlineData("public (Tensor K, Tensor V)? Cache { get; set; }", "Cache")]
    [InlineData("private static Dictionary<string, Tensor> s_cache = [];", "s_cache")]
    public async Task TSR1003_refuses_a_kept_tensor(string member, string name) => Assert.Equal(
        [$"TSR1003 at '{name}': '{name}' keeps a Tensor in a module: a tensor belongs to one trace and dies with it; "
            + "pass it through Forward, or declare a Parameter"],
        await Analysis.Of($"[Module] public sealed partial class Head {{ {member} }}"));

    [Fact]
    public async Task TSR1003_refuses_a_captured_tensor() => Assert.StartsWith(
        "TSR1003 at 'bias'",
        Assert.Single(await Analysis.Of(
            "[Module] public sealed partial class Head(Tensor bias) { public Tensor Forward(Tensor x) => x + bias; }")),
        StringComparison.Ordinal);

    [Fact]
    public async Task Tensors_in_locals_delegates_and_other_classes_are_fine() => Assert.Empty(await Analysis.Of("""
        [Module] public sealed partial class Head(Func<Tensor, Tensor> activation)
        {
            public Func<Tensor, Tensor> Activation { get; } = activation;
            public Tensor? Computed => null;
            public Tensor Forward(Tensor x) { var y = Activation(x); List<Tensor> all = [x, y]; return all[0]; }
        }
        public sealed class Trace { public Tensor? Last { get; set; } }
        """));

    [Theory]
    [InlineData("List<Linear>", "List<Linear>")]
    [InlineData("Linear[]", "Linear[]")]
    [InlineData("IReadOnlyList<ILayer>", "IReadOnlyList<ILayer>")]
    [InlineData("Dictionary<string, Linear>", "Dictionary<string, Linear>")]
    [InlineData("IEnumerable<Parameter>", "IEnumerable<Parameter>")]
    [InlineData("ModuleList<Linear>[]", "ModuleList<Linear>[]")]
    [InlineData("(Linear A, Linear B)", "(Linear A, Linear B)")]
    public async Task TSR1006_refuses_layers_that_no_name_reaches(string type, string shown) => Assert.Equal(
        [$"TSR1006 at 'Blocks': 'Blocks' hides its modules in '{shown}', where their weights get no names; use ModuleList<T>, or a property for each"],
        await Analysis.Of($"[Module] public sealed partial class Head {{ public {type} Blocks {{ get; }} = default!; }}"));

    [Fact]
    public async Task Module_lists_and_lists_of_data_are_fine() => Assert.Empty(await Analysis.Of("""
        [Module] public sealed partial class Head
        {
            public ModuleList<Linear> Blocks { get; } = new([]);
            public List<int> Depths { get; } = [];
            public IEnumerable<Linear> Computed => Blocks;
            public static Linear[] Shared { get; } = [];
        }
        """));

    [Fact]
    public async Task TSR1007_refuses_a_captured_child() => Assert.Equal(
        ["TSR1007 at 'norm': 'norm' is used through a captured constructor parameter and so is no child of 'Head'; store it in a property and use that"],
        await Analysis.Of(
            "[Module] public sealed partial class Head(Linear norm) { public Tensor Forward(Tensor x) => norm.Apply(x); }"));

    [Fact]
    public async Task A_child_passed_in_and_stored_is_fine() => Assert.Empty(await Analysis.Of("""
        [Module] public sealed partial class Head(Linear norm, IReadOnlyList<Linear> blocks)
        {
            public Linear Norm { get; } = norm;
            public ModuleList<Linear> Blocks { get; } = new(blocks);
            public Tensor Forward(Tensor x) => Norm.Apply(x);
        }
        """));

    [Fact]
    public async Task TSR1017_finds_children_that_a_hand_written_module_does_not_list() => Assert.Equal(
        ["TSR1017 at 'Head': 'Head' derives from Module and holds 'Proj' but neither has [Module] nor overrides Members, so its weights get no names"],
        await Analysis.Of("public sealed class Head : Tessera.Nn.Module { public Linear Proj { get; } = new(1, 1); }"));

    [Fact]
    public async Task A_hand_written_module_that_lists_its_children_is_fine() => Assert.Empty(await Analysis.Of("""
        public sealed class Head : Tessera.Nn.Module
        {
            public Linear Proj { get; } = new(1, 1);
            public override IEnumerable<ModuleMember> Members => [new("proj", Proj)];
        }
        """));
}
