using System.Reflection;
using System.Reflection.Emit;
using Tessera.Ir;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class ModuleLoaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Library_of_the_user_may_begin_with_Tessera()
    {
        Type layer = Write("Tessera.MyLayers", new Version(3, 1), "MyLayer", typeof(object));
        Write("Tessera.MyModels", new Version(3, 2), "MyModel", layer);
        ModuleLoader loader = new(_folder["Tessera.MyModels.dll"]);
        Type model = loader.Assemblies.Single().GetType("MyModel", throwOnError: true)!;
        Assert.Equal(_folder["Tessera.MyLayers.dll"], model.BaseType!.Assembly.Location);
    }

    [Fact]
    public void Assemblies_of_this_tool_are_shared()
    {
        ModuleLoader loader = new(ToolRun.Assembly);
        Assert.Same(typeof(Nn.Module).Assembly, loader.LoadFromAssemblyName(new AssemblyName("Tessera.Nn")));
        Assert.Same(typeof(Passes.IPass).Assembly, loader.LoadFromAssemblyName(new AssemblyName("Tessera.Passes")));
    }

    [Fact]
    public void Models_of_the_library_are_found_in_it_and_beside_ones_own()
    {
        Assert.IsType<Nn.Models.NaViT>(new ModuleLoader(typeof(Nn.Module).Assembly.Location).Create("NaViT", "Ti16"));
        Assert.IsType<Nn.Models.NaViT>(new ModuleLoader(ToolRun.Assembly).Create("Tessera.Nn.Models.NaViT", "Ti16"));
        TesseraException error = Assert.Throws<TesseraException>(() => new ModuleLoader(ToolRun.Assembly).Create("NaVit", null));
        Assert.Contains(". Tessera.Nn has Tessera.Nn.Models.Mixtral, Tessera.Nn.Models.NaViT, ", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<TesseraException>(() => new ModuleLoader(typeof(Nn.Module).Assembly.Location).Create("NaVit", null));
        Assert.Contains("'NaVit'. It has Tessera.Nn.Models.Mixtral, Tessera.Nn.Models.NaViT, ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Tessera.Nn has", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<TesseraException>(() => new ModuleLoader(typeof(Nn.Module).Assembly.Location).Create("NaViT", null));
        Assert.Contains("Tessera.Nn.Models.NaViT is made by a preset; there are Ti16, S16, B16.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_itself_is_refused_in_another_version()
    {
        Write("Tessera.Nn", new Version(9, 8, 7, 0), "Module", typeof(object));
        Assert.Equal("TSR1210", Assert.Throws<TesseraException>(() => new ModuleLoader(_folder["Tessera.Nn.dll"])).Code);
    }

    [Fact]
    public void Assembly_of_another_version_is_refused_with_both_versions()
    {
        Version own = typeof(Nn.Module).Assembly.GetName().Version!;
        Type module = Write("Tessera.Nn", new Version(9, 8, 7, 0), "Module", typeof(object));
        Write("Models", new Version(1, 0), "MyModel", module);
        TesseraException error = Assert.Throws<TesseraException>(() => new ModuleLoader(_folder["Models.dll"]));
        Assert.Equal("TSR1210", error.Code);
        Assert.Contains($"was built against Tessera.Nn 9.8.7.0, this tool is of {own}", error.Message, StringComparison.Ordinal);
    }

    // An assembly of one class, in this test's folder.
    private Type Write(string assembly, Version version, string name, Type parent)
    {
        PersistedAssemblyBuilder builder = new(new AssemblyName(assembly) { Version = version }, typeof(object).Assembly);
        TypeBuilder type = builder.DefineDynamicModule(assembly).DefineType(name, TypeAttributes.Public, parent);
        Type made = type.CreateType();
        builder.Save(_folder[assembly + ".dll"]);
        return made;
    }
}
