import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Controller, Get, Inject, Injectable, Module, Param, UseGuards, UseInterceptors } from '@nestjs/common';
import type { CallHandler, CanActivate, ExecutionContext, NestInterceptor, OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import '@nestjs/platform-express';
import { map, type Observable } from 'rxjs';
import { block, scenario } from '../support/scenario';

@Injectable()
class Users implements OnModuleInit {
  readonly #names = new Map<string, string>();

  onModuleInit(): void {
    block();
    this.#names.set('1', 'ada');
  }

  find(id: string): string | undefined {
    block();
    return this.#names.get(id);
  }
}

@Injectable()
class OnlyWithName implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    block();
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-name'] !== undefined;
  }
}

@Injectable()
class Wrapped implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<object> {
    block();
    return next.handle().pipe(map((data: unknown) => (block(), { data })));
  }
}

@Controller('users')
class UsersController {
  constructor(@Inject(Users) private readonly users: Users) {}

  @Get(':id')
  @UseGuards(OnlyWithName)
  @UseInterceptors(Wrapped)
  async find(@Param('id') id: string): Promise<string | undefined> {
    block();
    return this.users.find(id);
  }
}

@Module({ controllers: [UsersController], providers: [Users, OnlyWithName, Wrapped] })
class App {}

scenario(async () => {
  const app = await NestFactory.create<NestExpressApplication>(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  try {
    const url = `${await app.getUrl()}/users/1`;
    assert.deepEqual(await (await fetch(url, { headers: { 'X-Name': 'bob' } })).json(), { data: 'ada' });
    assert.equal((await fetch(url)).status, 403);
  } finally {
    await app.close();
  }
});
