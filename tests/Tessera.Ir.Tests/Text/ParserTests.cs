using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Ir.Tests.Text;

public class ParserTests
{
    public static TheoryData<string> Ops => [.. OpRegistry.All.Where(static s => s.Samples is not null).Select(static s => s.Name)];

    [Theory]
    [MemberData(nameof(Ops))]
    public void Every_sample_reads_back(string op)
    {
        foreach (OpSample sample in OpRegistry.Find(op)!.Samples!())
        {
            AssertReadsBack(Samples.Graph(sample));
        }
    }

    [Fact]
    public void Whole_graph_reads_back()
    {
        const string Text = """
            graph "a \"b\"\n" {
              input %x: f32[n, 3]
              input %"odd name": i64[2*n + 1]
              input %s: seq<opt<f32[*]>>
              input %m: seq<map<string, f32[]>>
              input %t: sparse<f32[n, 3]>
              input %u: foreign<"a \"b\" \\", "Type">
              where n >= 1
              where (n + 1) % 2 == 0
              ragged n
              meta "key" = "value"
              %0: f32[3] = parameter {path = "w", type = f32[3]}
              %1: f32[n, 3] = rms_norm %x, %0 {epsilon = 1E-05}
              %2: f32[3, n] = transpose %1 {perm = [1, 0]}
              %3: f64[4] = constant {value = f64[4] {nan, -inf, 0.1, -0}}
              %4: string[1] = constant {value = string[1] {"ä\"\n\u0001"}}
              output "y" = %2
              output "z" = %3
              output "s" = %4
              output "i" = %"odd name"
            }

            """;
        Assert.Equal(Text, Printer.Print(Parser.Parse(Text)));
    }

    [Fact]
    public void Types_and_numbering_are_free_in_hand_written_text()
    {
        Graph graph = Parser.Parse("""
            graph "g" {  # a comment
              input %x: f32[n, 3]
              // and another
              %double = add %x, %x
              output "y" = %double
            }
            """);
        Assert.Contains("%0: f32[n, 3] = add %x, %x", Printer.Print(graph), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_remember_their_line()
    {
        Graph graph = Parser.Parse("graph \"g\" {\n  input %x: f32[n]\n  %0 = gelu %x\n  output \"y\" = %0\n}", "model.ir");
        Assert.Equal(new SourceLocation("", "model.ir", 3), graph.Outputs[0].Value.Source);
    }

    [Theory]
    [InlineData("graph", "TSR0140", "1:6", "a string in double quotes is expected; found the end of the text")]
    [InlineData("graph \"g\" {\n  %0 = gell %x\n}", "TSR0141", "2:8", "Did you mean 'gelu'?")]
    [InlineData("graph \"g\" {\n  input %x: f32[n]\n  %0 = gelu %x {tan = true}\n}", "TSR0142", "3:17", "Did you mean 'tanh'?")]
    [InlineData("graph \"g\" {\n  input %x: f32[n]\n  %0 = reshape %x\n}", "TSR0142", "3:8", "needs the attribute 'shape'")]
    [InlineData("graph \"g\" {\n  input %x: f32[n]\n  %0 = gelu %y\n}", "TSR0143", "3:13", "%y is not defined")]
    [InlineData("graph \"g\" {\n  input %x: f32[n]\n  input %x: f32[n]\n}", "TSR0149", "3:9", "defined twice")]
    [InlineData("graph \"g\" {\n  input %x: f32[n]\n  %0: f32[m] = gelu %x\n}", "TSR0144", "3:3", "declared f32[m]; inference says f32[n]")]
    [InlineData("graph \"g\" {\n  input %x: f32[n]\n  %0 = add %x\n}", "TSR0145", "3:8", "needs its operand 'b'")]
    [InlineData("graph \"g\" {\n  input %x: f32[n]\n  %0 = gelu %x, %x\n}", "TSR0145", "3:8", "at most 1 operands; 2")]
    [InlineData("graph \"g\" {\n  input %x: f32[n]\n  %0 = gelu %x {tanh = yes}\n}", "TSR0140", "3:24", "true or false is expected; found 'yes}'")]
    [InlineData("graph \"g\" {\n  %0 = constant {value = f32[2] {1}}\n}", "TSR0147", "2:26", "takes 2 elements; 1 are given")]
    [InlineData("graph \"g\" {\n  input %x: f33[n]\n}", "TSR0140", "2:13", "a type such as f32[n, 768]")]
    [InlineData("graph \"g\" {\n  where n\n}", "TSR0140", "2:9", "a constraint such as")]
    [InlineData("graph \"g\" {\n}\nx", "TSR0140", "3:1", "the end of the text")]
    [InlineData("graph \"g\" {\n  input %x: f32[n, 3]\n  %0 = matmul %x, %x\n}", "TSR0203", "3:8", "inner sizes differ")]
    public void Errors_name_place_and_cure(string text, string code, string place, string part)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Parser.Parse(text, "t.ir"));
        Assert.Equal(code, error.Code);
        Assert.Equal($"t.ir:{place}", error.Place);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_chains_read_in_linear_time()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Value y = x;
        for (int i = 0; i < 20_000; i++)
        {
            y = g.Add(y, x);
        }

        AssertReadsBack(new() { Name = "chain", Builder = g, Inputs = [x], Outputs = [new("y", y)] });
    }

    private static void AssertReadsBack(Graph graph)
    {
        string text = Printer.Print(graph);
        Assert.Equal(text, Printer.Print(Parser.Parse(text)));
    }
}
