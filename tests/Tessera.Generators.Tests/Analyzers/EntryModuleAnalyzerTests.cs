using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests.Analyzers;

public sealed class EntryModuleAnalyzerTests
{
    private const string Good = "[Input(\"f32[n, {dim}]\")] Tensor x";

    [Fact]
    public async Task TSR1008_asks_for_a_way_to_make_one() => Assert.Equal(
        ["TSR1008 at 'Vit': Entry module 'Vit' has neither a constructor without arguments nor a [Preset] factory, so the tool and the build cannot make one"],
        await Analysis.Of($"[Module] public sealed partial class Vit(int dim) {{ public Tensor Forward({Good}) => x; }}"));

    [Theory]
    [InlineData("int dim = 64", "")]
    [InlineData("int dim", "public Vit() : this(8) { }")]
    [InlineData("int dim", "[Preset(\"B16\")] public static Vit B16() => new(768);")]
    public async Task A_default_or_a_preset_is_enough(string parameters, string member) => Assert.Empty(
        await Analysis.Of($"[Module] public sealed partial class Vit({parameters}) {{ {member} public Tensor Forward({Good}) => x; }}"));

    [Theory]
    [InlineData("f32", "write an element type and sizes in brackets, 'f32[n, {dim}]', or 'f32[]' for a scalar")]
    [InlineData("f32[n", "write an element type and sizes in brackets, 'f32[n, {dim}]', or 'f32[]' for a scalar")]
    [InlineData("f32[n, ]", "expected a size but found the end at character 4 of 'n, '")]
    [InlineData("f32[n m]", "expected the end but found 'm' at character 3 of 'n m'")]
    [InlineData("f32[3x]", "expected the end of a number but found 'x' at character 2 of '3x'")]
    [InlineData("f32[n / 2]", "expected the end but found '/' at character 3 of 'n / 2'")]
    [InlineData("f32[half(n)]", "expected one of the functions floordiv, ceildiv, mod, min, max but found 'h' at character 1 of 'half(n)'")]
    [InlineData("f32[mod(n)]", "expected two arguments of mod but found ')' at character 6 of 'mod(n)'")]
    [InlineData("f32[floordiv(n, 2, 3)]", "expected two arguments of floordiv but found ')' at character 17 of 'floordiv(n, 2, 3)'")]
    [InlineData("f32[(n]", "expected ')' but found the end at character 3 of '(n'")]
    [InlineData("f32[{dim]", "expected '}' to close '{' but found '{' at character 1 of '{dim'")]
    [InlineData("f32[{}]", "expected an expression in braces but found '{' at character 1 of '{}'")]
    [InlineData("f32[{dimm}]", "'dimm' is neither a constructor parameter nor a member of 'Vit'")]
    [InlineData("f32[{dim dim}]", "'dim dim' is no C# expression")]
    public async Task TSR1009_says_what_is_wrong_with_a_type(string type, string what) => Assert.Equal(
        [$"TSR1009 at 'Input(\"{type}\")': [Input(\"{type}\")]: {what}"],
        await OfEntry($"[Input(\"{type}\")] Tensor x"));

    [Theory]
    [InlineData("Output(\"f32[10]\")", "Tensor", "x", null)]
    [InlineData("Output(\"f32[{dim}]\", \"Logits\")", "(Tensor Logits, Tensor Ids)", "(x, x)", null)]
    [InlineData("Output(\"f32\")", "Tensor", "x", "write an element type and sizes in brackets, 'f32[n, {dim}]', or 'f32[]' for a scalar")]
    [InlineData("Output(\"f32[{width}]\")", "Tensor", "x", "'width' is neither a constructor parameter nor a member of 'Vit'")]
    [InlineData("Output(\"f32[10]\")", "(Tensor Logits, Tensor Ids)", "(x, x)", "Forward of 'Vit' returns a tuple; say of which element this is the type")]
    [InlineData("Output(\"f32[10]\", \"logits\")", "(Tensor Logits, Tensor Ids)", "(x, x)", "Forward of 'Vit' returns no element 'logits'")]
    [InlineData("Output(\"f32[10]\", \"Logits\")", "Tensor", "x", "Forward of 'Vit' returns no element 'Logits'")]
    public async Task TSR1018_says_what_is_wrong_with_an_output(string attribute, string type, string value, string? what) => Assert.Equal(
        what is null ? [] : [$"TSR1018 at '{attribute}': [return: {attribute.Split(", ")[0].TrimEnd(')')})]: {what}"],
        await Analysis.Of($"[Module] public sealed partial class Vit(int dim = 4) {{ [return: {attribute}] public {type} Forward({Good}) => {value}; }}"));

    [Fact]
    public async Task TSR1018_tells_an_output_that_is_declared_twice() => Assert.Contains(
        "output 'output' is declared twice",
        Assert.Single(await Analysis.Of($"[Module] public sealed partial class Vit(int dim = 4) {{ [return: Output(\"f32[1]\"), Output(\"f32[2]\")] public Tensor Forward({Good}) => x; }}")),
        StringComparison.Ordinal);

    [Fact]
    public async Task TSR1009_lists_the_element_types() => Assert.Contains(
        "'float' is no element type; there are f32, u8,",
        Assert.Single(await OfEntry("[Input(\"float[n]\")] Tensor x")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("f32[]")]
    [InlineData(" bf16 [ n,3 , 224 ] ")]
    [InlineData("i64[n + 1, -2 * (m - 1) * -k.a]")]
    [InlineData("f32[min(n, 512, m), floordiv({dim}, 2)]")]
    [InlineData("f32[{Math.Max(dim, 3)}, {Width}, {new[] { 1, 2 }.Length}]")]
    public async Task Well_formed_types_are_fine(string type) => Assert.Empty(await OfEntry($"[Input(\"{type}\")] Tensor x"));

    [Fact]
    public async Task Every_element_type_of_the_IR_can_be_declared()
    {
        var source = Repository.Read("compiler/Tessera.Ir/Core/DType.cs");
        var names = System.Text.RegularExpressions.Regex.Matches(source, @"(\w+) = (\d+),")
            .Where(static m => m.Groups[2].Value != "0")
            .Select(static m => m.Groups[1].Value.ToLowerInvariant()).ToArray();
        Assert.True(names.Length >= 26);
        foreach (var name in names)
        {
            Assert.Empty(await OfEntry($"[Input(\"{name}[n]\")] Tensor x"));
        }
    }

    [Fact]
    public async Task TSR1010_refuses_a_ragged_symbol_of_no_input() => Assert.Equal(
        ["TSR1010 at 'Ragged(\"m\")': [Ragged(\"m\")] names no size of an input of 'Vit'; its inputs name n"],
        await OfEntry(Good, "[Ragged(\"n\"), Ragged(\"m\")]"));

    [Fact]
    public async Task TSR1010_refuses_ragged_on_an_inner_module() => Assert.Equal(
        ["TSR1010 at 'Ragged(\"n\")': [Ragged(\"n\")] names no size of an input of 'Vit'; its inputs name none"],
        await OfEntry("Tensor x", "[Ragged(\"n\")]"));

    [Theory]
    [InlineData("Tensor y, [Input(\"f32[n]\")] Tensor x", "Tensor", "takes 'y' without [Input]; declare its type, or give it a default")]
    [InlineData("[Input(\"f32[n]\")] int x", "Tensor", "has [Input] on 'x', which is Int32 and not Tensor")]
    [InlineData(Good, "int", "returns int; return a Tensor, or a tuple of Tensors whose element names are the outputs' names")]
    [InlineData(Good, "(Tensor A, int B)",
        "returns (Tensor A, int B); return a Tensor, or a tuple of Tensors whose element names are the outputs' names")]
    [InlineData(Good, "(Tensor X, Tensor B)",
        "returns an output named 'x', a name that an input or another output has; a graph's interface names are distinct")]
    public async Task TSR1013_says_what_keeps_Forward_from_being_an_entry(string parameters, string returns, string what) => Assert.Equal(
        [$"TSR1013 at 'Forward': Forward of entry module 'Vit' {what}"],
        await OfEntry(parameters, returns: returns));

    [Fact]
    public async Task TSR1013_refuses_two_entries_and_generic_ones()
    {
        const string two = "public Tensor Forward([Input(\"f32[n]\")] Tensor x) => x; public Tensor Forward([Input(\"f32[n]\")] Tensor x, int k = 1) => x;";
        Assert.All(
            await Analysis.Of($"[Module] public sealed partial class Vit {{ {two} }}"),
            static s => Assert.EndsWith("has several overloads with [Input]; declare the inputs of one", s, StringComparison.Ordinal));
        Assert.EndsWith(
            "is in a generic class; an entry module has no type parameters",
            Assert.Single(await Analysis.Of("[Module] public sealed partial class Vit<T> { public Tensor Forward([Input(\"f32[n]\")] Tensor x) => x; }")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public Vit Make() => new();", "it is not static")]
    [InlineData("public static Vit Make(int dim) => new(dim);", "it has parameters")]
    [InlineData("public static Vit Make<T>() => new();", "it is generic")]
    [InlineData("public static object Make() => new Vit();", "it returns Object")]
    public async Task TSR1014_says_why_a_preset_cannot_be_called(string method, string why) => Assert.Equal(
        [$"TSR1014 at 'Make': [Preset(\"B16\")] on 'Make' cannot be called by name: {why}"],
        await OfEntry(Good, members: $"[Preset(\"B16\")] {method}"));

    [Fact]
    public async Task TSR1014_refuses_a_name_twice() => Assert.Equal(
        ["TSR1014 at 'B': [Preset(\"B16\")] on 'B' cannot be called by name: it has the same name as 'A'"],
        await OfEntry(Good, members: "[Preset(\"B16\")] public static Vit A() => new(); [Preset(\"B16\")] public static Vit B() => new();"));

    [Theory]
    [InlineData("n", "expected a relation, one of == >= <= > <, but found the end at character 2 of 'n'")]
    [InlineData("n >=", "expected a size but found the end at character 5 of 'n >='")]
    [InlineData("n % 0 == 0", "expected a positive number but found '=' at character 7 of 'n % 0 == 0'")]
    [InlineData("n % 2 == 1", "expected '0' but found '1' at character 10 of 'n % 2 == 1'")]
    [InlineData("n % 2 > 0", "expected '== 0' but found '>' at character 7 of 'n % 2 > 0'")]
    [InlineData("m >= 1", "'m' is no size of an input of 'Vit'; its inputs name n")]
    [InlineData("n % {dimm} == 0", "'dimm' is neither a constructor parameter nor a member of 'Vit'")]
    public async Task TSR1015_says_what_is_wrong_with_a_constraint(string text, string what) => Assert.Equal(
        [$"TSR1015 at 'Where(\"{text}\")': [Where(\"{text}\")]: {what}"],
        await OfEntry(Good, $"[Where(\"{text}\")]"));

    [Fact]
    public async Task Well_formed_constraints_are_fine() =>
        Assert.Empty(await OfEntry(Good, "[Where(\"n >= 1\"), Where(\"n % {dim} == 0\"), Where(\"2 * n % 14 == 0\"), Where(\"n + 1 < max(n, 3) * 2\")]"));

    private static Task<string[]> OfEntry(string parameters, string attributes = "", string returns = "Tensor", string members = "") =>
        Analysis.Of($$"""
            [Module] {{attributes}}
            public sealed partial class Vit(int dim = 64)
            {
                public int Width => 3;
                {{members}}
                public {{returns}} Forward({{parameters}}) => default!;
            }
            """);
}
