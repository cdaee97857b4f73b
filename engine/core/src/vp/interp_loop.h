/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of the interpreter, which interp.c includes twice: INTERPRET names the function, TRACE is done before each
 * operation. A program that is not traced thus runs code without it. */
static int INTERPRET(vpc_firing *f)
{
    static const void *const labels[VPC_OP_COUNT] = { VPC_OPCODES(LABEL) };
    vpc *m = f->machine;
    vpc_program *p = f->program;
    uint64_t *const stack = f->thread->stack;
    uint64_t *const integers = p->integers + (size_t)f->thread->id * p->nintegers;
    char(*const strings)[VPC_STRING_BYTES] = p->strings + (size_t)f->thread->id * p->nstrings;
    return_address returns[VPC_CALL_DEPTH];
    uint32_t depth = 0, calls = 0;
    uint64_t *frame = stack, *sp = stack + f->probe->locals;
    const uint8_t *ip = p->code + f->probe->entry, *start = ip;
    int error = VPC_RUNTIME_NONE;

    NEXT;
op_INT8: *sp++ = (uint64_t)(int64_t)(int8_t)*ip++; NEXT;
op_INT32: *sp++ = (uint64_t)(int64_t)(int32_t)u32_at(ip); ip += 4; NEXT;
op_INT64: *sp++ = u64_at(ip); ip += 8; NEXT;
op_LITERAL: *sp++ = (uintptr_t)p->literals[u16_at(ip)]; ip += 2; NEXT;
op_GET_INTEGER: *sp++ = integers[u16_at(ip)]; ip += 2; NEXT;
op_SET_INTEGER: integers[u16_at(ip)] = sp[-1]; ip += 2; NEXT;
op_GET_STRING: *sp++ = (uintptr_t)strings[u16_at(ip)]; ip += 2; NEXT;
op_GET_LOCAL: *sp++ = frame[*ip++]; NEXT;
op_SET_LOCAL: frame[*ip++] = sp[-1]; NEXT;
op_VARIABLE:
    f->detail = u16_at(ip);
    CHECK(vpc_variable(m, f->cpu, f->args, u16_at(ip), sp));
    sp++;
    ip += 2;
    NEXT;
op_PROBENAME: *sp++ = (uintptr_t)f->probe->name; NEXT;
op_TEMPORARY: {
    char *to = (char *)(frame + *ip++);
    if (!writable_below(f, sp[-1], sp)) {
        copy_string(to, text_of(sp[-1]));
        sp[-1] = (uintptr_t)to;
    }
    NEXT;
}
op_COPY_STRING: {
    char *to = writable(f, sp[-2]);
    if (to)
        copy_string(to, text_of(sp[-1]));
    sp--;
    sp[-1] = 1;
    NEXT;
}
op_DROP: sp--; NEXT;
op_ADD: BINARY(a + b); NEXT;
op_SUB: BINARY(a - b); NEXT;
op_MUL: BINARY(a * b); NEXT;
op_DIV: if (!sp[-1]) FAIL_DIVIDE; BINARY(a / b); NEXT;
op_MOD: if (!sp[-1]) FAIL_DIVIDE; BINARY(a % b); NEXT;
op_AND: BINARY(a & b); NEXT;
op_OR: BINARY(a | b); NEXT;
op_XOR: BINARY(a ^ b); NEXT;
op_SHL: BINARY(b < 64 ? a << b : 0); NEXT;
op_SHR: BINARY(b < 64 ? a >> b : 0); NEXT;
op_EQ: BINARY(a == b); NEXT;
op_NE: BINARY(a != b); NEXT;
op_LT: BINARY(a < b); NEXT;
op_LE: BINARY(a <= b); NEXT;
op_GT: BINARY(a > b); NEXT;
op_GE: BINARY(a >= b); NEXT;
op_NEG: sp[-1] = -sp[-1]; NEXT;
op_INV: sp[-1] = ~sp[-1]; NEXT;
op_NOT: sp[-1] = !sp[-1]; NEXT;
op_BOOL: sp[-1] = sp[-1] != 0; NEXT;
op_EXCNAME: *sp++ = (uintptr_t)caught[f->caught].name; NEXT;
op_EXCDESC: *sp++ = (uintptr_t)caught[f->caught].text; NEXT;
op_TRY: ip += 2; NEXT;
op_JUMP: ip += 2 + u16_at(ip); NEXT;
op_JUMP_ZERO: ip += 2 + (*--sp ? 0 : u16_at(ip)); NEXT;
op_JUMP_NONZERO: ip += 2 + (*--sp ? u16_at(ip) : 0); NEXT;
op_CALL: {
    const vpc_function *callee = &p->functions[u16_at(ip)];
    uint64_t *fresh = sp - callee->params;
    f->detail = (uint64_t)(fresh - stack) + callee->slots;
    if (depth == VPC_CALL_DEPTH)
        f->detail = 0;
    if (f->detail > VPC_STACK_SLOTS || depth == VPC_CALL_DEPTH)
        FAIL(VPC_RUNTIME_STACK);
    if (++calls > VPC_MAX_CALLS)
        FAIL(VPC_RUNTIME_STEPS);
    returns[depth++] = (return_address){(uint32_t)(ip + 2 - p->code), (uint16_t)(frame - stack)};
    frame = fresh;
    sp = frame + callee->locals;
    ip = p->code + callee->entry;
    NEXT;
}
op_RETURN: {
    uint64_t value = sp[-1];
    sp = frame;
    *sp++ = value;
    const return_address *back = &returns[--depth];
    ip = p->code + back->pc;
    frame = stack + back->frame;
    NEXT;
}
op_END: op_EXIT:
    return VPC_RUNTIME_NONE;
op_AGGREGATE: {
    vpc_aggregate *a = &p->aggregates[u16_at(ip)];
    sp -= a->nint + a->nstr + 1;
    vpc_aggregate_add(a, sp, sp + a->nint, sp[a->nint + a->nstr]);
    *sp++ = 1;
    ip += 2;
    NEXT;
}
op_LOG_AGGREGATE: vpc_aggregate_log(&p->aggregates[u16_at(ip)], m, printer(f)); *sp++ = 1; ip += 2; NEXT;
op_CLEAR_AGGREGATE: vpc_aggregate_clear(&p->aggregates[u16_at(ip)], m->ticks); *sp++ = 1; ip += 2; NEXT;
op_BAG_INSERT: BINARY((uint64_t)vpc_bag_insert(&p->bags[u16_at(ip)], m, a, b)); ip += 2; NEXT;
op_BAG_REMOVE: sp[-1] = vpc_bag_remove(&p->bags[u16_at(ip)], m, sp[-1]); ip += 2; NEXT;
op_LOG_INTEGER: {
    char text[24];
    print(f, text, (size_t)snprintf(text, sizeof text, "%" PRIu64, sp[-1]));
    sp[-1] = 1;
    NEXT;
}
op_LOG_STRING: print(f, text_of(sp[-1]), strlen(text_of(sp[-1]))); sp[-1] = 1; NEXT;
op_PRINTF: {
    uint32_t n = *ip;
    sp -= n + 1;
    CHECK(do_printf(f, sp, n, u32_at(ip + 1)));
    *sp++ = 1;
    ip += 5;
    NEXT;
}
op_SPRINTF: {
    uint32_t n = *ip;
    sp -= n + 2;
    CHECK(do_sprintf(f, sp, n, u32_at(ip + 1)));
    *sp++ = 1;
    ip += 5;
    NEXT;
}
op_STRCMP: {
    int order = strcmp(text_of(sp[-2]), text_of(sp[-1]));
    sp--;
    sp[-1] = (uint64_t)(int64_t)((order > 0) - (order < 0));
    NEXT;
}
op_GETGUEST: CHECK(vpc_load_guest(f, sp[-1], &sp[-1])); NEXT;
op_GETGUESTSTR: sp -= 3; CHECK(do_guest_string(f, sp)); *sp++ = 1; NEXT;
op_GETGUESTPHYS: CHECK(vpc_load_physical(f, sp[-1], &sp[-1])); NEXT;
op_GUESTSTACK: CHECK(do_guest_stack(f, sp[-1])); sp[-1] = 1; NEXT;
op_GUESTMAPPING: sp--; CHECK(do_guest_mapping(f, sp[-1], sp[0])); sp[-1] = 1; NEXT;
op_SYSTEMTIME: *sp++ = system_time(m); NEXT;
op_OFFATRET: CHECK(vpc_offat_ret(f, sp[-1], &sp[-1])); NEXT;
op_OFFATSEG: CHECK(vpc_offat_seg(f, sp[-1], &sp[-1])); NEXT;
op_OFFATSTRCPY: sp--; CHECK(vpc_offat_strcpy(f, sp[-1], sp[0], &sp[-1])); NEXT;
op_GETGUESTPHYSSTR: sp -= 3; CHECK(do_physical_string(f, sp)); *sp++ = 1; NEXT;
op_GETGPR: CHECK(vpc_load_gpr(f, sp[-1], &sp[-1])); NEXT;
op_GETVMCS: CHECK(vpc_load_vmcs(f, sp[-1], &sp[-1])); NEXT;
op_READMSR: CHECK(vpc_load_msr(f, sp[-1], &sp[-1])); NEXT;
failed:
    f->error_pc = (uint32_t)(start - p->code);
    for (uint32_t at = f->error_pc; p->ntries; at = returns[depth].pc - CALL_BYTES) {
        const vpc_try *around = try_around(p, at);
        if (around) {
            f->caught = (uint8_t)error;
            sp = frame + around->base;
            ip = p->code + around->handler;
            NEXT;
        }
        if (depth == 0)
            break;
        frame = stack + returns[--depth].frame;
    }
    return error;
}
