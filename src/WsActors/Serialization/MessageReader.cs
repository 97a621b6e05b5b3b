using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>
/// Reads the output of a <see cref="MessageWriter"/>. Each length and count is checked against the remaining bytes, so damaged bytes cost
/// an exception, never memory. Used by one thread, for one message.
/// </summary>
/// <param name="requiredSystem">The system with the actors and serializers that the bytes name.</param>
/// <param name="name">The name of the message, for exceptions.</param>
/// <param name="bytes">All bytes of the message.</param>
internal sealed class MessageReader(RequiredSystem requiredSystem, string name, byte[] bytes)
{
    private int _position;

    private int Left => bytes.Length - _position;

    public byte Byte() => Left > 0 ? bytes[_position++] : throw Damaged("the message ends too early");

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw Damaged($"the flag {other} is neither 0 nor 1"),
    };

    /// <summary>Reads a number that is not negative and fits 31 bits.</summary>
    public int Count() => Long() is var count && count <= int.MaxValue ? (int)count : throw Damaged($"the number {count} is too large");

    /// <summary>Reads a number that is not negative.</summary>
    public long Long() =>
        Unsigned() is var count && count <= long.MaxValue ? (long)count : throw Damaged($"the number {count} is too large");

    public long Number()
    {
        var zigzag = Unsigned();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    public TimeSpan Time() => new(Number());

    public DateTimeOffset Date() => new(Number(), TimeSpan.FromMinutes(Number()));

    public byte[] Bytes() => Take(Count()).ToArray();

    public string? TextOrNull() => Count() switch
    {
        0 => null,
        var length => Encoding.UTF8.GetString(Take(length - 1)),
    };

    public string Text() => TextOrNull() ?? throw Damaged("a text is missing");

    public T? Optional<T>(Func<T> read)
        where T : struct => Flag() ? read() : null;

    public IReadOnlyList<T> List<T>(Func<T> read)
    {
        // Each entry takes at least one byte.
        var count = Count();
        var values = new List<T>(count <= Left ? Math.Min(count, 64) : throw Damaged($"{count} entries do not fit in {Left} bytes"));
        for (var i = 0; i < count; i++)
        {
            values.Add(read());
        }

        return values;
    }

    public IReadOnlyDictionary<string, string> Map() =>
        List(() => new KeyValuePair<string, string>(Text(), Text())).ToDictionary(StringComparer.Ordinal).AsReadOnly();

    public IActorRef? RefOrNull() => TextOrNull() is { } path ? requiredSystem.Resolve(path) : null;

    public IActorRef Ref() => RefOrNull() ?? throw Damaged("a reference is missing");

    public Address Address() => Text() is var text && Akka.Actor.Address.TryParse(text, out var address)
        ? address
        : throw Damaged("the address of a node is malformed");

    public T Enum<T>()
        where T : struct, Enum => As<T>(Byte());

    public T As<T>(byte number)
        where T : struct, Enum =>
        (T)System.Enum.ToObject(typeof(T), number) is var value && System.Enum.IsDefined(value)
            ? value
            : throw Damaged($"{value} is not a value of {typeof(T).Name}");

    public object? Any()
    {
        if (!Flag())
        {
            return null;
        }

        // A deep nesting of messages must not overflow the stack, which would end the process.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Damaged("the message is nested too deeply");
        }

        var (serializers, serializer, manifest) = (requiredSystem.Serializers, checked((int)Number()), Text());
        return serializers.Deserialize(Bytes(), serializer, manifest);
    }

    /// <summary>Reads all remaining bytes, without a copy: the array belongs to this message.</summary>
    public ReadOnlyMemory<byte> Payload()
    {
        var payload = bytes.AsMemory(_position);
        _position = bytes.Length;
        return payload;
    }

    public void End()
    {
        if (Left > 0)
        {
            throw Damaged($"{Left} bytes are left over");
        }
    }

    public SerializationException Damaged(string fault) =>
        new($"The {bytes.Length} bytes of this {name} are damaged, or another version wrote them: {fault}.");

    private ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return shift < 63 || next <= 1 ? value : throw Damaged("a number is too long");
            }
        }

        throw Damaged("a number is too long");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left)
        {
            throw Damaged($"{count} bytes are announced and {Left} are left");
        }

        var taken = bytes.AsSpan(_position, count);
        _position += count;
        return taken;
    }
}
