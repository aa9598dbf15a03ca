using System.Collections;
using System.Globalization;
using System.Reflection;
using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests;

/// <summary>What generated members return when they run.</summary>
public sealed class ModuleBehaviourTests
{
    private static readonly Assembly s_models = Generated.From("""
        using Layers;
        using Tessera.Nn;
        namespace Models;
        [Module, Ragged("n"), Where("n <= {limit}")]
        public sealed partial class Vit(int dim, int limit = -1, bool tied = false, string? pool = null)
        {
            public Linear? Head { get; } = tied ? null : new(dim, 10);
            public Parameter Pos { get; } = new(dim);
            public Vit() : this(8) { }
            [Preset("B16")] public static Vit B16() => new(768, 1024, true, "map");
            public (Tensor Logits, Tensor) Forward([Input("f32[n, {dim}]")] Tensor x, [Input("i64[]")] Tensor stepCount) => (x, stepCount);
        }
        [Module] public sealed partial class NoDefault(int dim)
        {
            [Preset("a\"b")] public static NoDefault Make() => new(4);
            public Tensor Forward([Input("f32[{dim}]")] Tensor x) => x;
        }
        internal static partial class Hidden
        {
            [Module] private sealed partial class Secret { public Tensor Forward([Input("f32[]")] Tensor x) => x; }
        }
        """).Load();

    [Fact]
    public void Members_skip_what_is_null()
    {
        Assert.Equal(["head", "pos"], MemberNames(Make("Vit", null)));
        Assert.Equal(["pos"], MemberNames(Make("Vit", "B16")));
    }

    [Fact]
    public void Signature_evaluates_its_braces()
    {
        var signature = Get(Make("Vit", "B16"), "Signature");
        Assert.Equal(["InputDeclaration { Name = x, Type = f32[n, 768] }", "InputDeclaration { Name = step_count, Type = i64[] }"], Texts(signature, "Inputs"));
        Assert.Equal(["logits", "output1"], Texts(signature, "Outputs"));
        Assert.Equal(["n"], Texts(signature, "Ragged"));
        Assert.Equal(["n <= 1024"], Texts(signature, "Constraints"));
    }

    [Fact]
    public void Texts_are_the_same_in_every_culture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "minus ";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            var vit = Make("Vit", null);
            Assert.Equal("Vit(dim: 8, limit: -1, tied: false, pool: null)", vit.ToString());
            var signature = Get(vit, "Signature");
            Assert.Equal(["n <= -1"], Texts(signature, "Constraints"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Trace_passes_inputs_in_order_and_names_outputs()
    {
        var vit = Make("Vit", null);
        var tensor = s_models.GetType("Tessera.Nn.Tensor")!;
        var inputs = Array.CreateInstance(tensor, 2);
        inputs.SetValue(Activator.CreateInstance(tensor), 0);
        inputs.SetValue(Activator.CreateInstance(tensor), 1);
        var trace = vit.GetType().GetMethod("Trace", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var outputs = ((IEnumerable)trace.Invoke(vit, [inputs])!).Cast<object>().ToArray();
        Assert.Equal(["logits", "output1"], outputs.Select(static o => (string)Get(o, "Name")));
        Assert.Same(inputs.GetValue(0), Get(outputs[0], "Value"));
        Assert.Same(inputs.GetValue(1), Get(outputs[1], "Value"));
    }

    [Fact]
    public void Unknown_presets_are_refused_with_the_names_there_are()
    {
        var error = Assert.Throws<TargetInvocationException>(static () => Make("Vit", "L14"));
        var inner = Assert.IsType<ArgumentException>(error.InnerException);
        Assert.Equal("Models.Vit has no preset 'L14'; there are B16.", inner.Message);
        error = Assert.Throws<TargetInvocationException>(static () => Make("NoDefault", null));
        Assert.StartsWith("Models.NoDefault is made by a preset; there are ", error.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal("NoDefault(dim: 4)", Make("NoDefault", "a\"b").ToString());
    }

    [Fact]
    public void Assembly_lists_entries_that_it_can_name()
    {
        var entries = s_models.GetCustomAttributesData()
            .Where(static a => a.AttributeType.Name == "ModuleEntryAttribute")
            .Select(static a => $"{a.ConstructorArguments[0].Value} {string.Join("; ", a.NamedArguments)}");
        Assert.Equal(
            [
                "Models.NoDefault Presets = new String[1] { \"a\"b\" }",
                "Models.Vit Presets = new String[1] { \"B16\" }; HasDefault = True",
            ],
            entries);
    }

    private static object Make(string type, string? preset) =>
        s_models.GetType("Models." + type)!.GetMethod("FromPreset")!.Invoke(null, [preset])!;

    private static object Get(object target, string property) => target.GetType().GetProperty(property)!.GetValue(target)!;

    private static string[] MemberNames(object module) =>
        [.. ((IEnumerable)Get(module, "Members")).Cast<object>().Select(static m => (string)Get(m, "Name"))];

    private static string[] Texts(object target, string list) =>
        [.. ((IEnumerable)Get(target, list)).Cast<object>().Select(static v => v.ToString()!)];
}
