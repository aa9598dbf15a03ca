using Google.Protobuf;
using Google.Protobuf.Reflection;
using Tessera.Onnx.Proto;

namespace Tessera.Testing.Malformed;

/// <summary>Changes a few fields or bytes of a model. The same seed gives the same mutant.</summary>
public static class ModelMutator
{
    private static readonly long[] s_numbers =
        [0, 1, -1, 2, 3, 7, 11, 16, 63, 64, 127, 255, 256, 65535, 1 << 20, int.MaxValue, int.MinValue, 1L << 32, 1L << 40, 1L << 62, long.MaxValue, long.MinValue];

    /// <param name="models">What is damaged.</param>
    /// <param name="seed">Which mutant.</param>
    public static byte[] Mutate(IReadOnlyList<byte[]> models, int seed)
    {
#pragma warning disable CA5394 // Reproducible by its seed, and nobody's secret.
        Random random = new(seed);
        byte[] bytes = models[random.Next(models.Count)];
        if (random.Next(4) == 0)
        {
            return Bytes(bytes, random);
        }

        ModelProto model = ModelProto.Parser.ParseFrom(bytes);
        ModelProto other = ModelProto.Parser.ParseFrom(models[random.Next(models.Count)]);
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            List<IMessage> all = [];
            Collect(model, all);
            List<IMessage> donors = [];
            Collect(other, donors);
            Change(all[random.Next(all.Count)], donors, all, random);
        }

        byte[] result = model.ToByteArray();
        return random.Next(8) == 0 ? Bytes(result, random) : result;
    }

    private static byte[] Bytes(byte[] bytes, Random random)
    {
        List<byte> changed = [.. bytes];
        for (int i = random.Next(1, 6); i > 0 && changed.Count > 0; i--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(5))
            {
                case 0:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    changed.RemoveRange(at, Math.Min(changed.Count - at, random.Next(1, 9)));
                    break;
                case 3:
                    changed.InsertRange(at, changed.GetRange(random.Next(changed.Count), 0));
                    changed.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
            }
        }

        return [.. changed];
    }

    private static void Collect(IMessage message, List<IMessage> into)
    {
        into.Add(message);
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder().Where(static f => f.FieldType == FieldType.Message))
        {
            object? value = field.Accessor.GetValue(message);
            foreach (IMessage inner in value is System.Collections.IList list ? list.Cast<IMessage>() : value is IMessage one ? [one] : [])
            {
                Collect(inner, into);
            }
        }
    }

    private static void Change(IMessage message, List<IMessage> donors, List<IMessage> own, Random random)
    {
        // Fields that are there are changed more often than those that are not.
        FieldDescriptor[] fields = [.. message.Descriptor.Fields.InFieldNumberOrder()];
        FieldDescriptor[] set = [.. fields.Where(f => f.Accessor.GetValue(message) is { } v && v is not System.Collections.IList { Count: 0 } && v is not "" and not 0L and not 0)];
        FieldDescriptor field = set.Length > 0 && random.Next(4) > 0 ? set[random.Next(set.Length)] : fields[random.Next(fields.Length)];
        object? value = field.Accessor.GetValue(message);
        if (value is System.Collections.IList list)
        {
            ChangeList(list, field, donors, own, random);
        }
        else if (Made(field, value, donors, own, random) is { } made)
        {
            field.Accessor.SetValue(message, made);
        }
        else
        {
            field.Accessor.Clear(message);
        }
    }

    private static void ChangeList(System.Collections.IList list, FieldDescriptor field, List<IMessage> donors, List<IMessage> own, Random random)
    {
        int at = list.Count == 0 ? 0 : random.Next(list.Count);
        int kind = list.Count == 0 ? 1 : random.Next(4);
        if (kind == 0)
        {
            list.RemoveAt(at);
        }
        else if (Made(field, list.Count == 0 ? null : list[at], donors, own, random) is { } made)
        {
            if (kind == 1)
            {
                list.Insert(at, made);
            }
            else
            {
                list[at] = made;
            }
        }
    }

    private static object? Made(FieldDescriptor field, object? was, List<IMessage> donors, List<IMessage> own, Random random) => field.FieldType switch
    {
        FieldType.Int64 => random.Next(3) == 0 && was is long l ? l + random.Next(-2, 3) : s_numbers[random.Next(s_numbers.Length)],
        FieldType.Int32 => random.Next(2) == 0 ? random.Next(30) : unchecked((int)s_numbers[random.Next(s_numbers.Length)]),
        FieldType.UInt64 => unchecked((ulong)s_numbers[random.Next(s_numbers.Length)]),
        FieldType.Float => random.Next(2) == 0 ? BitConverter.Int32BitsToSingle(random.Next()) : s_numbers[random.Next(s_numbers.Length)],
        FieldType.Double => random.Next(2) == 0 ? double.NaN : s_numbers[random.Next(s_numbers.Length)],
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(20)),
        FieldType.String => Text(own, donors, random),
        FieldType.Bytes => Blob(was as ByteString, random),
        FieldType.Message => Message(field, random.Next(2) == 0 ? own : donors, random),
        _ => null,
    };

    // Mostly a text that stands elsewhere: a name of another value, op or attribute.
    private static string Text(List<IMessage> own, List<IMessage> donors, Random random)
    {
        IMessage from = (random.Next(2) == 0 ? own : donors) is var list ? list[random.Next(list.Count)] : own[0];
        string[] texts = [.. from.Descriptor.Fields.InFieldNumberOrder().Where(static f => f.FieldType == FieldType.String)
            .SelectMany(f => f.Accessor.GetValue(from) is System.Collections.IEnumerable and not string and var many ? many.Cast<string>() : [(string)f.Accessor.GetValue(from)])];
        return texts.Length > 0 && random.Next(8) > 0 ? texts[random.Next(texts.Length)] : random.Next(3) switch { 0 => "", 1 => "n * (m + 1)", _ => "\0" };
    }

    private static ByteString Blob(ByteString? was, Random random)
    {
        byte[] bytes = was is { Length: > 0 } ? was.ToByteArray() : new byte[random.Next(40)];
        if (bytes.Length > 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return ByteString.CopyFrom(random.Next(3) == 0 ? bytes.AsSpan(0, random.Next(bytes.Length + 1)) : bytes);
    }

    // A message of the same kind from elsewhere; a clone, since a message cannot be inside itself.
    private static IMessage? Message(FieldDescriptor field, List<IMessage> from, Random random)
    {
        IMessage[] fitting = [.. from.Where(m => m.Descriptor == field.MessageType)];
        if (fitting.Length == 0)
        {
            return null;
        }

        byte[] bytes = fitting[random.Next(fitting.Length)].ToByteArray();
        using MemoryStream stream = new(bytes);
        return field.MessageType.Parser.ParseFrom(CodedInputStream.CreateWithLimits(stream, int.MaxValue, 256));
    }
#pragma warning restore CA5394
}
