using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests.Analyzers;

public sealed class ModuleDeclarationAnalyzerTests
{
    [Fact]
    public async Task TSR1001_asks_for_partial() => Assert.Equal(
        ["TSR1001 at 'Head': Module 'Head' cannot be completed because 'Head' is not partial; write 'partial class Head'"],
        await Analysis.Of("[Module] public sealed class Head;"));

    [Fact]
    public async Task TSR1001_names_the_class_around() => Assert.Equal(
        ["TSR1001 at 'Head': Module 'Head' cannot be completed because 'Vit' is not partial; write 'partial class Vit'"],
        await Analysis.Of("public static class Vit { [Module] public sealed partial class Head; }"));

    [Fact]
    public async Task TSR1002_asks_for_sealed() => Assert.Equal(
        ["TSR1002 at 'Head': Module 'Head' is neither sealed nor abstract; write 'sealed partial class Head'"],
        await Analysis.Of("[Module] public partial class Head;"));

    [Fact]
    public async Task TSR1016_refuses_a_base_that_is_no_module() => Assert.Equal(
        ["TSR1016 at 'Head': Module 'Head' derives from 'Exception', which is no module; derive from Module, or hold a 'Exception' instead"],
        await Analysis.Of("[Module] public sealed partial class Head : Exception;"));

    [Fact]
    public async Task A_sealed_partial_or_abstract_module_is_fine() => Assert.Empty(await Analysis.Of("""
        [Module] public abstract partial class Base(int dim) { public Linear Proj { get; } = new(dim, dim); }
        [Module] public sealed partial class Head(int dim) : Base(dim);
        public static partial class Outer { [Module] public sealed partial class Inner; }
        public class NoModule;
        """));
}
