using System.Xml.Linq;
using Tessera.Compiler.Draw;
using Tessera.Ir;
using Xunit;

namespace Tessera.Compiler.Tests.Draw;

public sealed class LayoutTests
{
    // Blocks of a trunk with a branch, as residual networks have them.
    private static Graph Trunk(int blocks)
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, 8]");
        Value at = x;
        for (int i = 0; i < blocks; i++)
        {
            at = g.Add(at, g.Relu(g.Mul(g.Sigmoid(at), g.Tanh(at))));
        }

        return new Graph { Name = "trunk", Builder = g, Inputs = [x], Outputs = [new GraphOutput("y", at)] };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Boxes_do_not_overlap_and_data_flows_downwards(int blocks)
    {
        string svg = SvgGraph.Draw(GraphView.Of(Trunk(blocks), static op => op.Schema.Name == "relu"));
        (double X, double Y, double W, double H)[] boxes = [.. Boxes(svg)];
        Assert.Equal((5 * blocks) + 2, boxes.Length);
        for (int i = 0; i < boxes.Length; i++)
        {
            for (int j = i + 1; j < boxes.Length; j++)
            {
                Assert.False(
                    boxes[i].X < boxes[j].X + boxes[j].W && boxes[j].X < boxes[i].X + boxes[i].W && boxes[i].Y < boxes[j].Y + boxes[j].H && boxes[j].Y < boxes[i].Y + boxes[i].H,
                    $"{i} and {j} overlap");
            }
        }

        Assert.Equal(blocks, XDocument.Parse(svg).Descendants().Count(static e => e.Name.LocalName == "rect" && (string?)e.Attribute("stroke-width") == "2.4"));
        double middle = boxes[0].X + (boxes[0].W / 2);
        Assert.InRange(boxes[^1].X + (boxes[^1].W / 2), middle - 90, middle + 90);
    }

    [Fact]
    public void Large_graphs_are_put_together_and_drawn_alike_each_time()
    {
        DrawnGraph drawn = GraphView.Of(Trunk(200), static _ => false);
        Assert.InRange(drawn.Nodes.Count, 3, 150);
        Assert.NotNull(drawn.Caption);
        Assert.Equal(SvgGraph.Draw(drawn), SvgGraph.Draw(GraphView.Of(Trunk(200), static _ => false)));
    }

    [Fact]
    public void Names_are_text_whatever_is_in_them()
    {
        GraphBuilder g = new();
        Value x = g.In("<x> & \"y\"\u0001", "f32[n]");
        Graph graph = new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new GraphOutput("</svg>", g.Relu(x))] };
        XDocument svg = XDocument.Parse(SvgGraph.Draw(GraphView.Of(graph, static _ => false)));
        Assert.Contains("<x> & \"y\" ", svg.Descendants().Where(static e => e.Name.LocalName == "text").Select(static e => e.Value));
    }

    // Boxes stand in groups; the swatches of the legend do not.
    private static IEnumerable<(double, double, double, double)> Boxes(string svg) =>
        from element in XDocument.Parse(svg).Descendants()
        where element.Name.LocalName == "rect" && element.Parent!.Name.LocalName == "g"
        select (Number(element, "x"), Number(element, "y"), Number(element, "width"), Number(element, "height"));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
}
