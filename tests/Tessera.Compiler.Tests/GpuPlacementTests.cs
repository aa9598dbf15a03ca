extern alias gpu;

using System.Text;
using gpu::Tessera.Gpu.Models;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>What is read from ONNX Runtime's profile of a run on a GPU: where nodes ran, and whether those on the CPU only compute sizes.</summary>
public class GpuPlacementTests
{
    private const string Cpu = "CPUExecutionProvider", Cuda = "CUDAExecutionProvider";

    // As ONNX Runtime writes it: events that are no nodes, twice each node that ran twice, a node in a body, copies.
    private const string Profile = """
        [
        {"cat":"Session","pid":7,"tid":7,"dur":900,"ts":1,"ph":"X","name":"model_loading_array","args":{}},
        {"cat":"Node","pid":7,"tid":7,"dur":2,"ts":10,"ph":"X","name":"sizes/shape_0_kernel_time","args":{"op_name":"Shape","provider":"CUDAExecutionProvider","node_index":"0","thread_scheduling_stats":"","input_type_shape":[{"float":[73,768]}],"output_type_shape":[{"int64":[1]}],"output_size":"8"}},
        {"cat":"Node","pid":7,"tid":7,"dur":2,"ts":12,"ph":"X","name":"sizes/add_0_kernel_time","args":{"op_name":"Add","provider":"CPUExecutionProvider","node_index":"1","input_type_shape":[{"int64":[1]},{"int64":[]}],"output_type_shape":[{"int64":[1]}]}},
        {"cat":"Node","pid":7,"tid":7,"dur":2,"ts":14,"ph":"X","name":"gemm_0_kernel_time","args":{"op_name":"Gemm","provider":"CUDAExecutionProvider","node_index":"2","input_type_shape":[{"float":[73,768]},{"float":[768,32]}],"output_type_shape":[{"float":[73,32]}]}},
        {"cat":"Node","pid":7,"tid":7,"dur":2,"ts":14,"ph":"X","name":"gemm_0_fence_before","args":{"op_name":"Gemm"}},
        {"cat":"Node","pid":7,"tid":7,"dur":2,"ts":15,"ph":"X","name":"Memcpy_token_0_kernel_time","args":{"op_name":"MemcpyToHost","provider":"CUDAExecutionProvider","node_index":"7","input_type_shape":[{"int32":[13]}],"output_type_shape":[{"int32":[13]}]}},
        {"cat":"Node","pid":7,"tid":7,"dur":2,"ts":16,"ph":"X","name":"slice_0_kernel_time","args":{"op_name":"Slice","provider":"CPUExecutionProvider","node_index":"3","input_type_shape":[{"int32":[13]},{"int64":[1]},{"int64":[1]}],"output_type_shape":[{"int32":[12]}]}},
        {"cat":"Node","pid":7,"tid":7,"dur":2,"ts":20,"ph":"X","name":"sizes/add_0_kernel_time","args":{"op_name":"Add","provider":"CPUExecutionProvider","node_index":"1","input_type_shape":[{"int64":[1]},{"int64":[]}],"output_type_shape":[{"int64":[1]}]}},
        {"cat":"Session","pid":7,"tid":7,"dur":30,"ts":9,"ph":"X","name":"model_run","args":{}}
        ]
        """;

    [Fact]
    public void Nodes_are_counted_where_they_ran()
    {
        Placement placement = new(Read(Profile));
        Assert.Equal((2, 2, 1), (placement.OnDevice, placement.OnCpu, placement.Copies));
        Assert.Equal("Add 1, Slice 1", placement.CpuOps);
        ProfiledNode stranger = Assert.Single(placement.Strangers);
        Assert.Equal("Slice 'slice_0' (int32[13], int64[1], int64[1]) -> (int32[12])", stranger.ToString());
    }

    [Fact]
    public void A_node_that_ran_on_other_sizes_is_one_node_and_judged_by_each()
    {
        Placement placement = new(
        [
            new("add_0", "Add", Cpu, [new("int64", [1])], [new("int64", [1])]),
            new("add_0", "Add", Cpu, [new("int64", [20])], [new("int64", [20])]),
        ]);
        Assert.Equal(1, placement.OnCpu);
        Assert.Equal("Add 1", placement.CpuOps);
        Assert.Single(placement.Strangers);
    }

    [Theory]
    [InlineData("Add", "int64", 0, true)]
    [InlineData("Concat", "int64", 8, true)]
    [InlineData("Less", "bool", 1, true)]
    [InlineData("Concat", "int64", 9, false)]
    [InlineData("Add", "float", 1, false)]
    [InlineData("Cast", "float16", 0, false)]
    [InlineData("If", "int64", 1, false)]
    [InlineData("Loop", "int64", 1, false)]
    [InlineData("Scan", "int64", 1, false)]
    public void Sizes_are_few_whole_numbers(string op, string type, int elements, bool expected)
    {
        ProfiledTensor tensor = new(type, elements == 0 ? [] : [elements]);
        ProfiledTensor size = new("int64", [1]);
        Assert.Equal(expected, Placement.IsShapeArithmetic(new("node", op, Cpu, [size], [tensor])));
        Assert.Equal(expected, Placement.IsShapeArithmetic(new("node", op, Cpu, [tensor, size], [size])));
    }

    [Fact]
    public void What_writes_nothing_that_is_seen_is_no_shape_arithmetic_and_neither_is_a_matrix()
    {
        ProfiledTensor size = new("int64", [1]);
        Assert.False(Placement.IsShapeArithmetic(new("sequence", "SequenceInsert", Cpu, [size], [])));
        Assert.False(Placement.IsShapeArithmetic(new("matrix", "Expand", Cpu, [size], [new("int64", [2, 2])])));
        Assert.True(Placement.IsShapeArithmetic(new("constant", "ConstantOfShape", Cpu, [], [size])));
        Assert.Empty(new Placement([new("gemm", "Gemm", Cuda, [], [new("float", [5, 5])])]).Strangers);
    }

    [Fact]
    public void Nodes_without_names_are_told_apart_by_their_places()
    {
        string Event(int index) => $$$"""{"cat":"Node","name":"_kernel_time","args":{"op_name":"Add","provider":"{{{Cpu}}}","node_index":"{{{index}}}","output_type_shape":[{"int64":[1]}]}}""";
        Assert.Equal(2, new Placement(Read($"[{Event(3)},{Event(4)},{Event(3)}]")).OnCpu);
    }

    [Fact]
    public void A_node_of_which_nothing_is_told_is_not_taken_for_one_on_the_device()
    {
        Placement placement = new(Read("""[{"cat":"Node","name":"gemm_0_kernel_time"},{"cat":"Node","name":"gemm_1_kernel_time","args":{"op_name":"Gemm"}}]"""));
        Assert.Equal((0, 2, 2), (placement.OnDevice, placement.OnCpu, placement.Strangers.Count));
    }

    [Fact]
    public void A_run_that_is_cut_off_is_not_taken_for_a_whole_one() =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => Read(Profile[..^20]));

    private static IReadOnlyList<ProfiledNode> Read(string json) => NodeProfile.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
