using Tessera.Ir;
using Tessera.Testing;
using Xunit;

namespace Tessera.Passes.Tests.Documentation;

public class OpsPageTests
{
    [Fact]
    public void Page_of_ops_is_what_the_registry_says() => Golden.CheckFile("compiler/docs/ops.md", OpsPage.Write());

    [Fact]
    public void Every_op_says_what_it_does()
    {
        XmlDocs docs = new(typeof(Op).Assembly);
        Assert.Empty(OpRegistry.All.Where(s => docs.Summary(s.OpType).Length == 0).Select(static s => s.Name));
    }
}
