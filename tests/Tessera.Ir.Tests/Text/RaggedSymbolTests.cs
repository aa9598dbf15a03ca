using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Ir.Tests.Text;

public class RaggedSymbolTests
{
    [Theory]
    [InlineData("n")]
    [InlineData("n$1")]
    [InlineData("two words")]
    [InlineData("min")]
    [InlineData("1st")]
    public void Any_symbol_may_be_ragged_in_the_text(string symbol)
    {
        GraphBuilder g = new();
        Value x = g.Input("x", new TensorType(DType.F32, [Dim.Sym(symbol), 3]));
        Graph graph = new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", g.Relu(x))], Ragged = [symbol] };
        string text = Printer.Print(graph);
        Graph read = Parser.Parse(text);
        Assert.Equal([symbol], read.Ragged);
        Assert.Equal(text, Printer.Print(read));
    }

    [Fact]
    public void Ragged_expression_is_no_symbol()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Parser.Parse("graph \"g\" {\n  input %x: f32[n]\n  ragged n + 1\n  output \"y\" = %x\n}\n"));
        Assert.Equal("TSR0140", error.Code);
        Assert.Contains("a symbol such as n", error.Message, StringComparison.Ordinal);
    }
}
