using System.Xml.Linq;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>References between projects point one way; what is deployed references no compiler.</summary>
public class ReferenceTests
{
    private static readonly string s_root = Repository.Root;

    private static readonly Dictionary<string, string[]> s_mayReference = new()
    {
        ["Tessera.Generators"] = [],
        ["Tessera.Ir"] = [],
        ["Tessera.Passes"] = ["Tessera.Ir"],
        ["Tessera.Nn"] = ["Tessera.Ir"],
        ["Tessera.Onnx"] = ["Tessera.Ir"],
        ["Tessera.Kernels"] = [],
        ["Tessera.Runtime"] = ["Tessera.Kernels"],
        ["Tessera.Compiler"] = ["Tessera.Ir", "Tessera.Passes", "Tessera.Nn", "Tessera.Onnx", "Tessera.Runtime"],
        ["Tessera.Cli"] = ["Tessera.Compiler"],

        // A package without code of its own: it depends on the one and carries the others.
        ["Tessera.Build"] = ["Tessera.Nn", "Tessera.Generators", "Tessera.Cli"],
    };

    public static TheoryData<string> Projects() => [.. Files()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_what_lies_below_it(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        Assert.True(s_mayReference.ContainsKey(name), $"{name} has no place in the order of projects; give it one here and in the design.");
        Assert.Empty(References(path).Where(static r => !r.IsAnalyzer).Select(static r => r.Name).Except(s_mayReference[name]));
        Assert.All(References(path).Where(static r => r.IsAnalyzer), static r => Assert.Equal("Tessera.Generators", r.Name));
    }

    [Fact]
    public void Every_project_of_the_order_is_found() =>
        Assert.Empty(s_mayReference.Keys.Except(Files().Select(static f => Path.GetFileNameWithoutExtension(f))));

    [Fact]
    public void Nothing_deployed_loads_an_assembly_of_the_compiler()
    {
        string[] compiler = [.. s_mayReference.Keys.Except(["Tessera.Kernels", "Tessera.Runtime"])];
        foreach (System.Reflection.Assembly assembly in (System.Reflection.Assembly[])[typeof(Runtime.ModelSession).Assembly, typeof(Kernels.TesseraOps).Assembly])
        {
            Assert.Empty(assembly.GetReferencedAssemblies().Select(static a => a.Name!).Intersect(compiler));
        }
    }

    private static IEnumerable<string> Files() =>
        from folder in (string[])["compiler", "runtime"]
        from file in Directory.EnumerateFiles(Path.Combine(s_root, folder), "*.csproj", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(s_root, file).Replace('\\', '/')
        orderby name
        select name;

    private static IEnumerable<(string Name, bool IsAnalyzer)> References(string path) =>
        XDocument.Load(Path.Combine(s_root, path)).Descendants("ProjectReference").Select(static e => (
            Path.GetFileNameWithoutExtension(((string)e.Attribute("Include")!).Replace('\\', '/')),
            (string?)e.Attribute("OutputItemType") == "Analyzer" && (string?)e.Attribute("ReferenceOutputAssembly") == "false"));
}
